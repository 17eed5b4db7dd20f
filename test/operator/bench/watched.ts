import { follow } from '../../kubernetes/follow.ts'
import type { KubeObject, Rest } from '../../kubernetes/index.ts'

/** All objects behind a path, as a watch tells of them. */
export interface Watched extends AsyncDisposable {
  values(): Iterable<KubeObject>
  /** Settles as soon as an object of that name is as wanted. */
  until(o: Wanted): Promise<void>
}

export interface Wanted {
  namespace?: string
  name: string
  is: (object: KubeObject) => boolean
  deadlineMs: number
}

export function watchAll(rest: Rest, path: string): Watched {
  const known = new Map<string, KubeObject>()
  const waiting = new Set<() => void>()
  const following = follow(rest, {
    path,
    wanted(object) {
      // Before the queue of the follower: its delays are not to be measured.
      known.set(keyOf(object.metadata), object)
      for (const look of waiting) look()
      return false
    },
    each: async () => {},
  })
  return {
    values: () => known.values(),
    until(wanted) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const key = keyOf(wanted)
      const look = () => {
        const object = known.get(key)
        if (object && wanted.is(object)) resolve()
      }
      const timer = setTimeout(
        () =>
          reject(new Error(`cannot wait longer for ${key} after ${wanted.deadlineMs / 1000} s`)),
        wanted.deadlineMs,
      )
      waiting.add(look)
      look()
      return promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(look)
      })
    },
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  }
}

const keyOf = ({ namespace = '', name }: { namespace?: string; name: string }) =>
  `${namespace}/${name}`
