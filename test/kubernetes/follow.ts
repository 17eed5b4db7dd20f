import { setTimeout as sleep } from 'node:timers/promises'
import { type KubeObject, type Rest, RestError } from './rest.ts'

/** Something that goes on until it is stopped. */
export interface Following extends AsyncDisposable {
  /** Looks at every object again, for a caller who has changed its mind. */
  again(): void
}

export interface FollowOptions {
  /** The list, e.g. `/apis/apps/v1/deployments`. */
  path: string
  wanted: (object: KubeObject) => boolean
  /** Called with the newest state; never twice at a time for one object. It must come to an end by itself. */
  each: (object: KubeObject) => Promise<void>
}

/** How much is in flight at once, so that thousands of objects do not become thousands of sockets. */
const AT_ONCE = 32
const RETRY_MS = 200
/** A server that has just got a kind can leave a watch of it silent, until it is opened again. */
const WATCH_S = 30

/** Lists and watches, for ever: also after the API server was restarted. */
export function follow(rest: Rest, { path, wanted, each }: FollowOptions): Following {
  const stop = new AbortController()
  const queue = createQueue(each, stop.signal)
  const known = new Map<string, KubeObject>()

  function see(type: string, object: KubeObject): void {
    if (!wanted(object)) return
    const { uid } = object.metadata
    if (type === 'DELETED') {
      known.delete(uid)
      return
    }
    known.set(uid, object)
    queue.add(object)
  }

  async function round(): Promise<void> {
    const { items, metadata, kind, apiVersion } = await rest.call('GET', path)
    for (const item of items) {
      see('ADDED', { apiVersion, kind: kind.replace(/List$/, ''), ...item })
    }
    const from = `${path}?resourceVersion=${metadata.resourceVersion}&timeoutSeconds=${WATCH_S}`
    await rest.watch(from, ({ type, object }) => see(type, object), stop.signal)
  }

  const done = (async () => {
    while (!stop.signal.aborted) {
      await round().catch(() => {}) // the server is away, or the version is too old
      await sleep(RETRY_MS, undefined, { signal: stop.signal }).catch(() => {})
    }
  })()
  return {
    again() {
      for (const object of known.values()) queue.add(object)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
      await queue.idle()
    },
  }
}

function createQueue(each: (object: KubeObject) => Promise<void>, signal: AbortSignal) {
  const waiting = new Map<string, KubeObject>()
  const busy = new Map<string, Promise<void>>()

  function start(): void {
    for (const [uid, object] of waiting) {
      if (busy.size >= AT_ONCE || signal.aborted) return
      if (busy.has(uid)) continue
      waiting.delete(uid)
      const work = attempt(object).finally(() => {
        busy.delete(uid)
        start()
      })
      busy.set(uid, work)
    }
  }

  async function attempt(object: KubeObject): Promise<void> {
    const failure = await each(object).catch(error => error)
    const status = failure instanceof RestError ? failure.status : 500
    // Gone, changed in between, or in a namespace that is being deleted: its next event tells.
    if (failure === undefined || [403, 404, 409].includes(status)) return
    if (status < 500) throw failure // what the simulation wrote is wrong
    await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
    if (!waiting.has(object.metadata.uid)) waiting.set(object.metadata.uid, object)
  }

  return {
    add(object: KubeObject) {
      waiting.set(object.metadata.uid, object)
      start()
    },
    async idle() {
      await Promise.all(busy.values())
    },
  }
}
