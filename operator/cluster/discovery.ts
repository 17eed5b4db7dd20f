import { ApiError, isNotFound } from './errors.ts'
import type { Http } from './http.ts'
import type { KindRef, ObjectRef } from './object.ts'
import { abortable } from './waits.ts'

/** How the API names a kind in paths. */
export interface Resource {
  plural: string
  namespaced: boolean
}

export interface Discovery {
  /** `undefined`: the cluster does not serve the kind. */
  find(kind: KindRef, signal: AbortSignal): Promise<Resource | undefined>
  /** Throws an `ApiError` for which `isNotServed` holds. */
  path(of: KindRef & Partial<ObjectRef>, signal: AbortSignal): Promise<string>
  /** Asks anew next time: the server did not know a path that it had told. */
  forget(kind: KindRef): void
}

/** How long "not served" is believed: somebody may install cert-manager at any time. */
const ABSENT_MS = 10_000

/**
 * Asks once per group and version, and again for a kind that is not among the answer, but not more often than every
 * 10 seconds however many ask.
 */
export function createDiscovery(http: Http, now = () => performance.now()): Discovery {
  const groups = new Map<string, { kinds: Promise<Map<string, Resource>>; at: number }>()

  function ask(apiVersion: string) {
    const kinds = askKinds(http, apiVersion)
    const asked = { kinds, at: now() }
    groups.set(apiVersion, asked)
    kinds.catch(() => {
      if (groups.get(apiVersion) === asked) groups.delete(apiVersion)
    })
    return kinds
  }

  async function find({ apiVersion, kind }: KindRef, signal: AbortSignal) {
    const known = groups.get(apiVersion)
    const found = known && (await abortable(known.kinds, signal)).get(kind)
    if (found || (known && now() - known.at < ABSENT_MS)) return found
    // Somebody else may have asked while this one waited.
    const latest = groups.get(apiVersion)
    const kinds = latest && latest !== known ? latest.kinds : ask(apiVersion)
    return (await abortable(kinds, signal)).get(kind)
  }

  async function path(of: KindRef & Partial<ObjectRef>, signal: AbortSignal) {
    const resource = await find(of, signal)
    const { apiVersion, kind, namespace, name } = of
    if (!resource) {
      throw new ApiError(`the cluster does not serve ${apiVersion} ${kind}`, {
        code: 404,
        reason: 'NotServed',
      })
    }
    const scope =
      resource.namespaced && namespace !== undefined
        ? `/namespaces/${encodeURIComponent(namespace)}`
        : ''
    const item = name === undefined ? '' : `/${encodeURIComponent(name)}`
    return `${rootOf(apiVersion)}${scope}/${resource.plural}${item}`
  }

  return { find, path, forget: ({ apiVersion }) => void groups.delete(apiVersion) }
}

const rootOf = (apiVersion: string) =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[]
}

/** Ends at no caller's signal: several wait for the answer. */
async function askKinds(http: Http, apiVersion: string) {
  const { signal } = new AbortController()
  const deed = { verb: 'discover', object: apiVersion, isSecret: false }
  const kinds = new Map<string, Resource>()
  try {
    const path = rootOf(apiVersion)
    const { resources } = await http.json<ResourceList>({ method: 'GET', path, signal, deed })
    for (const { name, kind, namespaced } of resources) {
      if (!name.includes('/')) kinds.set(kind, { plural: name, namespaced }) // a slash: a subresource
    }
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  return kinds
}
