import type { ClusterConnection } from './cluster.ts'
import type { ApiError } from './errors.ts'
import { jitter, sleep } from './waits.ts'

export type Reachability =
  | { state: 'unknown' }
  | { state: 'reachable'; since: Date }
  /** `reason`: of the `ApiError`. */
  | { state: 'unreachable'; since: Date; reason: string; message: string }

export interface ClusterHealth extends AsyncDisposable {
  readonly current: Reachability
}

export interface HealthOptions {
  cluster: Pick<ClusterConnection, 'probe'>
  /** Is called when the state changes, not for each probe. */
  onChange: (now: Reachability) => void
  timing?: Partial<HealthTiming>
}

export interface HealthTiming {
  everyMs: number
  /** A probe that takes longer has failed. */
  timeoutMs: number
  /** After a failure a second probe decides, so that one lost packet is no outage. */
  secondMs: number
}

const TIMING: HealthTiming = { everyMs: 10_000, timeoutMs: 5_000, secondMs: 1_000 }

/** Asks an API server now and then whether it is ready, until it is disposed of. */
export function startHealth({ cluster, onChange, timing }: HealthOptions): ClusterHealth {
  const { everyMs, timeoutMs, secondMs } = { ...TIMING, ...timing }
  const stopped = new AbortController()
  let current: Reachability = { state: 'unknown' }

  async function probe(): Promise<ApiError | undefined> {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(timeoutMs)])
    return await cluster.probe({ signal }).then(
      () => undefined,
      (error: ApiError) => error,
    )
  }

  function note(error: ApiError | undefined): void {
    const state = error ? 'unreachable' : 'reachable'
    if (stopped.signal.aborted || state === current.state) return
    const since = new Date()
    current = error
      ? { state: 'unreachable', since, reason: error.reason, message: error.message }
      : { state: 'reachable', since }
    onChange(current)
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      let error = await probe()
      if (error) {
        await sleep(secondMs, stopped.signal)
        error = await probe()
      }
      note(error)
      await sleep(jitter(everyMs), stopped.signal)
    }
  }

  const ended = run()
  return {
    get current() {
      return current
    },
    async [Symbol.asyncDispose]() {
      stopped.abort()
      await ended
    },
  }
}
