import { setTimeout as sleep } from 'node:timers/promises'
import { createPace } from '@platen/pace'

/** Lets requests in, as far as the process may use the CPU. */
export interface Turns {
  /** Resolves when the caller may begin, with what it disposes of at its end; or with how long (ms) it had better wait. */
  take(): Promise<Disposable | { retryAfterMs: number }>
}

export interface TurnsOptions {
  /** Of a core, on average. Infinity: no bound. */
  cores: number
  /** Turns at the same time. */
  atOnce: number
  /** Milliseconds of CPU time that the process has used. */
  cpu?: () => number
  /** Milliseconds. */
  now?: () => number
}

/** A request waits so long, rather than be refused. */
const PATIENCE_MS = 5_000
/** Seconds' worth that are saved up while nobody asks: somebody who opens a few pages never waits. */
const SAVED = 60

/**
 * CPU time counts while a request has its turn: what is refused meanwhile is paid for, and when nobody has one, the next
 * one's is near, however many are refused.
 */
export function createTurns(options: TurnsOptions): Turns {
  const { cores, atOnce, cpu = usedCpu, now = () => performance.now() } = options
  const pace = createPace({ perSecond: 1000 * cores, saved: SAVED, now })
  let taken = 0
  let countedTo = 0
  let ended = Promise.withResolvers<void>()

  /** Milliseconds until there is CPU time again. */
  function wait(): number {
    const used = cpu()
    if (taken > 0) pace.spend(used - countedTo)
    countedTo = used
    return pace.wait()
  }

  function begin(): Disposable {
    taken += 1
    return {
      [Symbol.dispose]() {
        wait() // counts
        taken -= 1
        ended.resolve()
        ended = Promise.withResolvers()
      },
    }
  }

  async function change(waiting: number, left: number): Promise<void> {
    if (waiting > 0) return await sleep(waiting)
    const patience = new AbortController()
    const { signal } = patience
    await Promise.race([ended.promise, sleep(left, undefined, { signal }).catch(() => {})])
    patience.abort()
  }

  return {
    async take() {
      const deadline = now() + PATIENCE_MS
      for (let waiting = wait(); waiting > 0 || taken >= atOnce; waiting = wait()) {
        const left = deadline - now()
        if (left <= waiting) return { retryAfterMs: Math.max(waiting, 1_000) }
        await change(waiting, left)
      }
      return begin()
    },
  }
}

/** Connections to the database, where nothing bounds them. */
const CONNECTIONS = 10

/**
 * What follows for queries from the CPU that they may use on average: how many at once, and how many statements of theirs.
 * @param milliCpu thousandths of a core; undefined: no bound
 */
export function boundsOf(milliCpu = Number.POSITIVE_INFINITY) {
  const atOnce = Math.max(1, Math.round(milliCpu / 100))
  return {
    cores: milliCpu / 1000,
    atOnce,
    // What has no turn, such as looking up a token, waits among their statements.
    connections: Math.min(CONNECTIONS, 1 + 2 * atOnce),
  }
}

function usedCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
