import { createHash, randomUUID } from 'node:crypto'
import type { Cluster } from '../cluster/cluster.ts'
import { digestOwned } from '../cluster/digest.ts'
import { keyOf, refOf } from '../cluster/object.ts'
import type { Cache, Observed } from '../cluster/observed.ts'
import { LABELS, MANAGED_BY } from '../names.ts'
import { keysOf, type Secret } from './secret.ts'

export const LABELLED = { [LABELS.managedBy]: MANAGED_BY, [LABELS.tenant]: 'acme' }

const SELECTOR = `${LABELS.managedBy}=${MANAGED_BY}`

/** What a watch would have told of the Secrets of a namespace until now. */
export async function cacheOf(cluster: Cluster, namespace: string): Promise<Pick<Cache, 'get'>> {
  const known = new Map<string, Observed>()
  const options = { namespace, labelSelector: SELECTOR, signal: AbortSignal.timeout(10_000) }
  for await (const object of cluster.list({ apiVersion: 'v1', kind: 'Secret' }, options)) {
    known.set(keyOf(refOf(object)), observe(object as Secret))
  }
  return { get: ref => known.get(keyOf(ref)) }
}

function observe(secret: Secret): Observed {
  const { uid = '', resourceVersion = '', labels = {}, annotations = {} } = secret.metadata
  const content = createHash('sha256')
    .update(JSON.stringify(secret.data ?? {}))
    .digest('hex')
  return {
    ref: refOf(secret),
    uid,
    resourceVersion,
    digest: digestOwned(secret),
    labels,
    annotations,
    deleting: false,
    facts: { kind: 'secret', type: secret.type, keys: keysOf(secret), content },
  }
}

export const EMPTY_CACHE: Pick<Cache, 'get'> = { get: () => undefined }

/** A process that is killed before or after its nth call to the API server, counted from 0; absent: never. */
export interface Kill {
  when: 'before' | 'after'
  call: number
}

export class Killed extends Error {}

/** The cluster with its calls written down, e.g. `create component`. */
export function recorded(cluster: Cluster, kill?: Kill): { cluster: Cluster; calls: string[] } {
  const calls: string[] = []
  async function call<T>(verb: string, name: string, send: () => Promise<T>): Promise<T> {
    const number = calls.length
    if (kill?.when === 'before' && number >= kill.call) throw new Killed()
    calls.push(`${verb} ${name}`)
    const answer = await send()
    if (kill?.when === 'after' && number >= kill.call) throw new Killed()
    return answer
  }
  return {
    calls,
    cluster: {
      ...cluster,
      apply: (it, options) => call('apply', it.metadata.name, () => cluster.apply(it, options)),
      create: (it, options) => call('create', it.metadata.name, () => cluster.create(it, options)),
      replace: (it, options) =>
        call('replace', it.metadata.name, () => cluster.replace(it, options)),
      get: (ref, options) => call('get', ref.name, () => cluster.get(ref, options)),
    },
  }
}

/** A namespace of its own for a test. */
export async function makeNamespace(cluster: Cluster): Promise<string> {
  const name = `secrets-${randomUUID().slice(0, 8)}`
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  await cluster.create(namespace, { signal: AbortSignal.timeout(10_000) })
  return name
}
