import { type BackoffRange, backoff, pause } from './backoff.ts'
import type { Load } from './budget.ts'

/** Why nothing of a delivery is known to be stored: the sender keeps it and sends it again later. */
export class Unavailable extends Error {
  override name = 'Unavailable'
}

export interface GroupCommitOptions<D, R> {
  /** Stores all deliveries in one transaction and answers each, in their order. Throws: nothing is known to be stored. */
  commit(deliveries: D[]): Promise<R[]>
  /** Resolves when the store can be reached. Asked after a failure while there is nothing to commit. */
  probe(): Promise<void>
  /** A group ends with the delivery that reaches either; a single delivery may be larger. */
  group: Load
  backoff: BackoffRange
  /** Called when an attempt fails, with the error, and with nothing when one succeeds again. */
  onAttempt(error?: unknown): void
}

export interface GroupCommit<D, R> {
  /** Resolves after the commit that held the delivery; rejects with Unavailable when that failed. */
  submit(delivery: D): Promise<R>
  /** Ends when everything submitted is settled. From now on a failure settles all that waits, without another attempt. */
  drain(): Promise<void>
}

interface Waiting<D, R> {
  delivery: D
  resolve(result: R): void
  reject(error: Unavailable): void
}

/**
 * Gathers what arrives while a commit runs into the next commit; there is no timer, so a delivery to an idle group
 * commit starts one at once. One commit at a time, in the order of submission.
 */
export function createGroupCommit<D extends { load: Load }, R>(
  options: GroupCommitOptions<D, R>,
): GroupCommit<D, R> {
  const queue: Waiting<D, R>[] = []
  const draining = new AbortController()
  let running: Promise<void> | undefined
  let failures = 0

  async function run(): Promise<void> {
    await undefined // lets one chunk of input, which arrives in one go, share a commit
    while (queue.length > 0 || failures > 0) {
      const succeeded = await attempt(takeGroup(queue, options.group))
      if (succeeded) continue
      if (draining.signal.aborted) break
      await pause(backoff(failures, options.backoff), draining.signal)
    }
    rejectAll(queue.splice(0), 'the ingest is stopping')
    running = undefined
  }

  async function attempt(group: Waiting<D, R>[]): Promise<boolean> {
    try {
      if (group.length === 0) await options.probe()
      else await commitGroup(group)
      failures = 0
      options.onAttempt()
      return true
    } catch (error) {
      failures += 1
      options.onAttempt(error)
      rejectAll(group, 'the database is unavailable')
      return false
    }
  }

  async function commitGroup(group: Waiting<D, R>[]): Promise<void> {
    const results = await options.commit(group.map(waiting => waiting.delivery))
    if (results.length !== group.length) throw new Error('cannot answer: results are missing')
    results.forEach((result, index) => {
      group[index]?.resolve(result)
    })
  }

  return {
    submit(delivery) {
      return new Promise((resolve, reject) => {
        queue.push({ delivery, resolve, reject })
        running ??= run()
      })
    },
    async drain() {
      draining.abort()
      await running
    },
  }
}

function rejectAll<D, R>(waiting: Waiting<D, R>[], reason: string): void {
  for (const { reject } of waiting) reject(new Unavailable(reason))
}

function takeGroup<W extends { delivery: { load: Load } }>(queue: W[], limit: Load): W[] {
  let reports = 0
  let bytes = 0
  let count = 0
  for (const { delivery } of queue) {
    reports += delivery.load.reports
    bytes += delivery.load.bytes
    count += 1
    if (reports >= limit.reports || bytes >= limit.bytes) break
  }
  return queue.splice(0, count)
}
