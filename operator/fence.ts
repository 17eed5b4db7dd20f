import type { Cluster } from './cluster/cluster.ts'
import { ApiError } from './cluster/errors.ts'
import { type KindRef, nameOf, type ObjectRef, refOf } from './cluster/object.ts'

/**
 * The cluster, which takes no write from a replica that leads no longer. One that was suspended, or that had no CPU,
 * finds events of its watches when it wakes, before any timer tells it that its lease has run out.
 */
export function fenced(
  cluster: Cluster,
  mayWrite: () => boolean,
  why = 'another replica may lead by now',
): Cluster {
  function check(verb: string, ref: KindRef & ObjectRef): void {
    if (mayWrite()) return
    throw new ApiError(`cannot ${verb} ${nameOf(ref)}: ${why}`, { reason: 'Aborted' })
  }
  return {
    ...cluster,
    async apply(object, options) {
      check('apply', refOf(object))
      return await cluster.apply(object, options)
    },
    async applyStatus(object, options) {
      check('apply the status of', refOf(object))
      return await cluster.applyStatus(object, options)
    },
    async create(object, options) {
      check('create', refOf(object))
      return await cluster.create(object, options)
    },
    async replace(object, options) {
      check('replace', refOf(object))
      return await cluster.replace(object, options)
    },
    async delete(ref, uid, options) {
      check('delete', ref)
      return await cluster.delete(ref, uid, options)
    },
  }
}
