import { LABELS } from '../names.ts'
import type { ClusterConnection } from './cluster.ts'
import type { KindRef, ObjectRef } from './object.ts'
import type { Cache, Observed } from './observed.ts'
import { observe } from './project.ts'
import {
  type Reflector,
  type ReflectorReport,
  type ReflectorTiming,
  startReflector,
  type Trouble,
} from './reflector.ts'
import { isNewer } from './resource-version.ts'
import type { Change } from './store.ts'
import { tenantOf } from './tenant-of.ts'
import { WATCHED, type Watched } from './watched.ts'

export interface CacheOptions {
  cluster: ClusterConnection
  watched?: readonly Watched[]
  onReport?: (report: ReflectorReport) => void
  timing?: Partial<ReflectorTiming>
}

export interface ClusterCache extends Cache, AsyncDisposable {
  /**
   * Calls for every change that may matter: not when nothing but the resource version is new. Answers with what ends
   * it. A listener must only note what to do.
   */
  onChange(listener: (change: Change<Observed>) => void): () => void
  /** Resolves when everything was listed once. */
  whenSynced(signal: AbortSignal): Promise<void>
  /** Of a kind of which nobody has told for so long what happens to its objects. */
  trouble(forMs: number): Trouble | undefined
  /** How many objects of each kind are known. */
  sizes(): Map<string, number>
}

export function startCache({ cluster, watched = WATCHED, ...options }: CacheOptions): ClusterCache {
  const listeners = new Set<(change: Change<Observed>) => void>()
  const tenants = createIndex(tenantOf)
  const regions = createIndex(observed =>
    tenantOf(observed) === undefined ? observed.labels[LABELS.region] : undefined,
  )

  function onChange(change: Change<Observed>): void {
    for (const index of [tenants, regions]) index.take(change)
    if (change.type === 'changed' && isSame(change.before, change.after)) return
    for (const listener of listeners) listener(change)
  }

  const reflectors = new Map<string, Reflector<Observed>>()
  for (const { labelSelector, ...kind } of watched) {
    const selector = labelSelector === undefined ? {} : { labelSelector }
    const reflector = startReflector({
      cluster,
      kind,
      ...selector,
      ...options,
      keep: observe,
      onChange,
    })
    reflectors.set(keyOfKind(kind), reflector)
  }
  const get = (ref: ObjectRef) => reflectors.get(keyOfKind(ref))?.get(ref.name, ref.namespace)
  const all = (kind: string) =>
    reflectors.get(keyOfKind({ apiVersion: 'v1', kind }))?.values() ?? []
  const isSynced = () => reflectors.values().every(({ synced }) => synced)

  return {
    get synced() {
      return isSynced()
    },
    get,
    ofTenant: tenants.get,
    ofRegion: regions.get,
    node: name => get({ apiVersion: 'v1', kind: 'Node', name }),
    nodes: () => all('Node'),
    namespaces: () => all('Namespace'),
    volume: name => get({ apiVersion: 'v1', kind: 'PersistentVolume', name }),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async whenSynced(signal) {
      await Promise.all(reflectors.values().map(each => each.whenSynced(signal)))
    },
    trouble(forMs) {
      const isLong = ({ since }: Trouble) => performance.now() - since > forMs
      return [...reflectors.values()].flatMap(({ trouble }) => trouble ?? []).find(isLong)
    },
    seen(ref, resourceVersion) {
      const latest = reflectors.get(keyOfKind(ref))?.resourceVersion
      return latest !== undefined && !isNewer(resourceVersion, latest)
    },
    sizes: () => new Map(reflectors.values().map(({ kind, size }) => [kind.kind, size])),
    async [Symbol.asyncDispose]() {
      await Promise.all(reflectors.values().map(each => each[Symbol.asyncDispose]()))
    },
  }
}

const keyOfKind = ({ apiVersion, kind }: KindRef) => `${apiVersion}/${kind}`

/** Objects by whose they are. */
function createIndex(groupOf: (observed: Observed) => string | undefined) {
  /** By the owner and the object's uid, a text that is there already. */
  const groups = new Map<string, Map<string, Observed>>()

  function remove(observed: Observed): void {
    const value = groupOf(observed) ?? ''
    const group = groups.get(value)
    group?.delete(observed.uid)
    if (group?.size === 0) groups.delete(value)
  }

  function add(observed: Observed): void {
    const value = groupOf(observed)
    if (value === undefined) return
    const group = groups.get(value) ?? new Map<string, Observed>()
    groups.set(value, group.set(observed.uid, observed))
  }

  return {
    take(change: Change<Observed>): void {
      if (change.type !== 'added') remove(change.before)
      if (change.type !== 'deleted') add(change.after)
    },
    get: (value: string): Observed[] => [...(groups.get(value)?.values() ?? [])],
  }
}

/** Heartbeats of nodes and retries in a status are no reason to look at anything. */
function isSame(before: Observed, after: Observed): boolean {
  const { resourceVersion: _1, ref: _2, ...was } = before
  const { resourceVersion: _3, ref: _4, ...is } = after
  return JSON.stringify(was) === JSON.stringify(is)
}
