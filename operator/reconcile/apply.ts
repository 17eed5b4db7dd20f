import type { Cluster } from '../cluster/cluster.ts'
import { type KubernetesObject, type ObjectRef, refOf } from '../cluster/object.ts'
import type { Cache, Observed } from '../cluster/observed.ts'
import { inParallel } from './parallel.ts'
import type { OwnWrites } from './writes.ts'

/** One cluster with what is known of it. */
export interface Target {
  /** Remembers in `writes` what it writes. */
  cluster: Cluster
  cache: Cache
  writes: OwnWrites
  /** As the cache does. */
  observe(object: KubernetesObject): Observed
}

/** Objects of one phase do not depend on each other. */
const AT_A_TIME = 8

/** Applies those that are not in sync; in a steady state none. Answers with how many were written. */
export async function applyAll(
  { cluster, cache, writes }: Target,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<number> {
  const stale = objects.filter(object => !writes.isInSync(cache, object))
  await inParallel(stale, AT_A_TIME, object => cluster.apply(object, { signal }))
  return stale.length
}

/** The newest that is known, though the cache may not have seen it yet. */
export function newestOf({ cache, writes }: Target, ref: ObjectRef): Observed | undefined {
  return writes.newest(cache, ref)
}

/** The cluster, whose writes are remembered. */
export function remembering(
  cluster: Cluster,
  writes: OwnWrites,
  observe: (object: KubernetesObject) => Observed,
): Cluster {
  const seen = ({ apiVersion, kind }: KubernetesObject, stored: KubernetesObject) =>
    observe({ ...stored, apiVersion, kind })
  return {
    ...cluster,
    async apply(object, options) {
      const stored = await cluster.apply(object, options)
      writes.remember(seen(object, stored), object)
      return stored
    },
    async replace(object, options) {
      const stored = await cluster.replace(object, options)
      writes.remember(seen(object, stored))
      return stored
    },
    async create(object, options) {
      const stored = await cluster.create(object, options)
      if (stored) writes.remember(seen(object, stored))
      return stored
    },
    async delete(ref, uid, options) {
      writes.forget(ref)
      return await cluster.delete(ref, uid, options)
    },
  }
}

export function refsOf(objects: readonly KubernetesObject[]): ObjectRef[] {
  return objects.map(refOf)
}
