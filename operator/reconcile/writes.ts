import { digestOf } from '../cluster/digest.ts'
import { type KubernetesObject, keyOf, type ObjectRef, refOf } from '../cluster/object.ts'
import type { Cache, Observed } from '../cluster/observed.ts'
import { isNewer } from '../cluster/resource-version.ts'

interface Answer {
  /** `digestOf` what was applied. */
  want: string
  /** What the server made of it. */
  seen: Observed
}

type Known = Pick<Cache, 'get' | 'seen'>

/**
 * What an API server answered to our own applies. A cache may be some moments behind: what we have just written must not
 * be written again because of that. And a server whose defaults the render does not know costs one apply, never a loop.
 */
export class OwnWrites {
  readonly #answers = new Map<string, Answer>()

  /** The newest that is known: the cache's, or our own write that the cache has not seen yet. */
  newest(cache: Known, ref: ObjectRef): Observed | undefined {
    const cached = cache.get(ref)
    const own = this.#answers.get(keyOf(ref))?.seen
    if (!own || (cached && !isNewer(own.resourceVersion, cached.resourceVersion))) return cached
    // Somebody deleted it before the answer to our write was here: the watch has told both already.
    if (!cached && cache.seen(ref, own.resourceVersion)) return undefined
    return own
  }

  /** Whether applying the object would change nothing. */
  isInSync(cache: Known, object: KubernetesObject): boolean {
    const ref = refOf(object)
    const newest = this.newest(cache, ref)
    if (!newest) return false
    const want = digestOf(object)
    if (newest.digest === want) return true
    const answer = this.#answers.get(keyOf(ref))
    return answer?.want === want && answer.seen.digest === newest.digest
  }

  /** `applied`: what was applied; absent after other writes, of which nothing is kept once the cache has seen them. */
  remember(seen: Observed, applied?: KubernetesObject): void {
    const want = applied ? digestOf(applied) : seen.digest
    this.#answers.set(keyOf(seen.ref), { want, seen })
  }

  /**
   * To be told of every change that the cache sees. True: it is the echo of our own write. What the cache knows now
   * need not be kept twice; only an answer that differs from what was applied is.
   */
  saw(observed: Observed): boolean {
    const key = keyOf(observed.ref)
    const answer = this.#answers.get(key)
    if (!answer) return false
    const isEcho = answer.seen.resourceVersion === observed.resourceVersion
    const isSeen = isEcho || isNewer(observed.resourceVersion, answer.seen.resourceVersion)
    if (isSeen && answer.seen.digest === answer.want) this.#answers.delete(key)
    return isEcho
  }

  /** To be told of every object that is gone. */
  sawGone(observed: Observed): void {
    const answer = this.#answers.get(keyOf(observed.ref))
    if (answer?.seen.uid === observed.uid) this.#answers.delete(keyOf(observed.ref))
  }

  /** After our own deletion: what is applied next is a new object. */
  forget(ref: ObjectRef): void {
    this.#answers.delete(keyOf(ref))
  }

  get size(): number {
    return this.#answers.size
  }
}
