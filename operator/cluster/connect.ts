import { createAccess } from './access.ts'
import type {
  ClusterConnection,
  ListOptions,
  Page,
  PageOptions,
  WatchEvent,
  WatchOptions,
} from './cluster.ts'
import { FIELD_MANAGER } from './cluster.ts'
import { createDiscovery, type Discovery } from './discovery.ts'
import {
  ApiError,
  type Deed,
  failure,
  isConflict,
  isNotFound,
  isNotServed,
  refusal,
} from './errors.ts'
import { createHttp, type Http, type HttpOptions, type HttpRequest } from './http.ts'
import { type KubeConfigSource, loadKubeConfig } from './kubeconfig.ts'
import { foreignFields, withoutForeign } from './managed-fields.ts'
import { type KindRef, type KubernetesObject, nameOf, type ObjectRef, refOf } from './object.ts'

export interface ConnectOptions extends HttpOptions {
  name: string
  source: KubeConfigSource
}

interface Server {
  http: Http
  discovery: Discovery
}

const PAGE_LENGTH = 500
/** Without `dryRun` and the like: how everything of ours is written. */
const WRITE = `fieldManager=${FIELD_MANAGER}&fieldValidation=Strict`

/** Connects at the first call; throws a sentence when the kubeconfig cannot be used. */
export function connectCluster({ name, source, ...options }: ConnectOptions): ClusterConnection {
  const access = createAccess(kubeConfigOf(name, source))
  const http = createHttp(access, options)
  const server: Server = { http, discovery: createDiscovery(http) }
  return {
    name,
    apply: (object, { signal }) => apply(server, object, '', signal),
    applyStatus: (object, { signal }) => apply(server, object, '/status', signal),
    create: (object, { signal }) => create(server, object, signal),
    replace: (object, { signal }) => replace(server, object, signal),
    get: (ref, { signal }) => get(server, ref, signal),
    list: (kind, options) => list(server, kind, options),
    delete: (ref, uid, { signal }) => remove(server, ref, uid, signal),
    serves: async (kind, { signal }) => (await server.discovery.find(kind, signal)) !== undefined,
    pages: (kind, options) => pages(server, kind, options),
    watch: (kind, options) => watch(server, kind, options),
    probe: ({ signal }) => probe(http, signal),
    [Symbol.asyncDispose]: () => access[Symbol.asyncDispose](),
  }
}

function kubeConfigOf(name: string, source: KubeConfigSource) {
  try {
    return loadKubeConfig(source)
  } catch (cause) {
    const { message } = cause as Error
    throw new Error(`cannot use the kubeconfig of cluster ${name}: ${message}`, { cause })
  }
}

async function apply(
  server: Server,
  object: KubernetesObject,
  subresource: '' | '/status',
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const stored = await call<KubernetesObject>(server, refOf(object), {
    verb: subresource === '' ? 'apply' : 'apply the status of',
    method: 'PATCH',
    suffix: `${subresource}?force=true&${WRITE}`,
    contentType: 'application/apply-patch+yaml',
    body: object,
    signal,
  })
  const foreign = foreignFields(stored)
  if (foreign.length === 0) return stored
  return await call(server, refOf(object), {
    verb: 'take what is not ours out of',
    method: 'PATCH',
    suffix: `?${WRITE}`,
    contentType: 'application/merge-patch+json',
    body: withoutForeign(object, foreign),
    signal,
  })
}

async function create(server: Server, object: KubernetesObject, signal: AbortSignal) {
  const { name: _, ...collection } = refOf(object)
  try {
    return await call<KubernetesObject>(server, collection, {
      verb: 'create',
      method: 'POST',
      suffix: `?${WRITE}`,
      body: object,
      signal,
      about: nameOf(refOf(object)),
    })
  } catch (error) {
    if (isConflict(error) && (error as ApiError).reason === 'AlreadyExists') return undefined
    throw error
  }
}

function replace(server: Server, object: KubernetesObject, signal: AbortSignal) {
  return call<KubernetesObject>(server, refOf(object), {
    verb: 'replace',
    method: 'PUT',
    suffix: `?${WRITE}`,
    body: object,
    signal,
  })
}

async function get(server: Server, ref: ObjectRef, signal: AbortSignal) {
  try {
    return await call<KubernetesObject>(server, ref, { verb: 'get', method: 'GET', signal })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function remove(server: Server, ref: ObjectRef, uid: string, signal: AbortSignal) {
  try {
    const body = { preconditions: { uid }, propagationPolicy: 'Background' }
    await call(server, ref, { verb: 'delete', method: 'DELETE', body, signal })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    if (!isConflict(error)) throw error
    // Another object has the name by now, or a namespace is being emptied already: the wording of both varies.
    const { metadata } = (await get(server, ref, signal)) ?? {}
    if (metadata?.uid !== uid) return false
    if (metadata.deletionTimestamp === undefined) throw error
    return true
  }
}

async function* list(server: Server, kind: KindRef, options: ListOptions) {
  try {
    for await (const { items } of pages(server, kind, options)) yield* items
  } catch (error) {
    if (!isNotServed(error)) throw error
  }
}

interface ListAnswer {
  metadata: { resourceVersion: string; continue?: string }
  items: KubernetesObject[]
}

async function* pages(
  server: Server,
  kind: KindRef,
  { namespace, labelSelector, metadataOnly = false, signal }: PageOptions,
): AsyncGenerator<Page> {
  let next: string | undefined
  do {
    const query = queryOf({ limit: PAGE_LENGTH, labelSelector, continue: next })
    const { metadata, items } = await call<ListAnswer>(server, within(kind, namespace), {
      verb: 'list',
      method: 'GET',
      suffix: query,
      signal,
      ...(metadataOnly ? { accept: METADATA_ONLY } : {}),
    })
    // Items of a list do not say what they are.
    for (const item of items) Object.assign(item, kind)
    yield { resourceVersion: metadata.resourceVersion, items }
    next = metadata.continue
  } while (next)
}

const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

async function* watch(
  { http, discovery }: Server,
  kind: KindRef,
  options: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const { namespace, labelSelector, resourceVersion, timeoutSeconds, signal } = options
  const query = queryOf({
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds,
    resourceVersion,
    labelSelector,
  })
  const deed = deedOf('watch', within(kind, namespace))
  const path = (await discovery.path(within(kind, namespace), signal)) + query
  for await (const line of http.lines({ method: 'GET', path, signal, deed }, options)) {
    yield eventOf(line, deed)
  }
}

function eventOf(line: string, deed: Deed): WatchEvent {
  const event = JSON.parse(line)
  if (event.type !== 'ERROR') return event
  throw refusal(deed, { code: event.object.code ?? 500, body: JSON.stringify(event.object) })
}

async function probe(http: Http, signal: AbortSignal): Promise<void> {
  const deed = { verb: 'reach', object: 'the API server', isSecret: false }
  await http.text({ method: 'GET', path: '/readyz', accept: 'text/plain', signal, deed })
}

interface Call extends Omit<HttpRequest, 'path' | 'deed'> {
  verb: string
  /** After the path of the object: subresource and query. */
  suffix?: string
  /** What the message names when it is not what the path names. */
  about?: string
}

type Target = KindRef & Partial<ObjectRef>

async function call<T>(
  { http, discovery }: Server,
  target: Target,
  { verb, suffix = '', about, ...request }: Call,
): Promise<T> {
  const deed = deedOf(verb, target, about)
  const path = await discovery.path(target, request.signal).catch(error => {
    throw onTheWay(deed, error, request.signal)
  })
  try {
    return await http.json<T>({ ...request, path: path + suffix, deed })
  } catch (error) {
    if (isNotServed(error)) discovery.forget(target)
    throw error
  }
}

function deedOf(verb: string, target: Target, about?: string): Deed {
  const { kind, name } = target
  const object = about ?? (name === undefined ? kind : nameOf({ ...target, name }))
  return { verb, object, isSecret: kind === 'Secret' }
}

/** What went wrong on the way to the path, as the failure of the call. */
function onTheWay(deed: Deed, cause: unknown, signal: AbortSignal): ApiError {
  const { code, reason, retryAfterMs, message } = failure(deed, cause, signal)
  const text = `cannot ${deed.verb} ${deed.object}`
  const why = message.startsWith(text) ? message : `${text}: ${message}`
  return new ApiError(why, { code, reason, retryAfterMs, cause })
}

const within = (kind: KindRef, namespace: string | undefined): Target =>
  namespace === undefined ? kind : { ...kind, namespace }

function queryOf(values: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(name, String(value))
  }
  return `?${query}`
}
