import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject, Rest, WatchEvent } from '../../kubernetes/rest.ts'

export interface Store<Kind> {
  /** As the API server has them; undefined before it was asked. */
  objects(): Kind[] | undefined
}

export interface StoreOptions {
  /** The list, e.g. `/api/v1/pods`. */
  path: string
  changed: () => void
  /** Told why the server cannot be read, once until it can be again. */
  failed: (error: Error) => void
  signal: AbortSignal
}

/** How long one watch lasts: then everything is listed anew, so that nothing that was missed stays missing. */
const WATCH_S = 60
/** For a list, and beyond the end of a watch: a server that says nothing for so long is gone. */
const PATIENCE_MS = 10_000
const RETRY_MS = 200

/** Lists and watches until the signal; what was there last stays while the server is away. */
export function keep<Kind>(rest: Rest, options: StoreOptions): Store<Kind> {
  const { path, changed, failed, signal } = options
  let objects: Map<string, KubeObject> | undefined
  let isAway = false

  function see({ type, object }: WatchEvent): void {
    if (type === 'ERROR') throw new Error(`the watch ended: ${object.message}`)
    if (type === 'BOOKMARK') return
    if (type === 'DELETED') objects?.delete(object.metadata.uid)
    else objects?.set(object.metadata.uid, object)
    changed()
  }

  async function round(): Promise<void> {
    const over = new AbortController()
    const within = (ms: number) => AbortSignal.any([signal, over.signal, AbortSignal.timeout(ms)])
    try {
      const list = await rest.call('GET', path, { signal: within(PATIENCE_MS) })
      objects = new Map(list.items.map((item: KubeObject) => [item.metadata.uid, item]))
      isAway = false
      changed()
      const version = list.metadata.resourceVersion
      const from = `${path}?resourceVersion=${version}&timeoutSeconds=${WATCH_S}`
      await rest.watch(from, see, within(WATCH_S * 1000 + PATIENCE_MS))
    } finally {
      over.abort()
    }
  }

  async function rounds(): Promise<void> {
    while (!signal.aborted) {
      try {
        await round()
      } catch (error) {
        if (!isAway && !signal.aborted) failed(error as Error)
        isAway = true
        await sleep(RETRY_MS)
      }
    }
  }

  void rounds()
  return { objects: () => objects && ([...objects.values()] as Kind[]) }
}
