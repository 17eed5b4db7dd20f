import type { Settled } from '../load/worker.ts'

/** In ms: the 99th of a hundred reports took no longer from its making to the answer that it is stored. */
export function p99(settled: Settled[]): number {
  const latencies = settled.map(one => one.settledAt - one.appendedAt).sort((a, b) => a - b)
  return latencies[Math.ceil(latencies.length * 0.99) - 1] ?? Number.NaN
}

/** In ms: from `since` until every one of so many monitors had a report settled that it made after it. */
export function recovery(settled: Settled[], since: number, monitors: number): number {
  const firsts = Array.from({ length: monitors }, (_, monitor) =>
    Math.min(
      ...settled
        .filter(one => one.monitor === monitor && one.appendedAt >= since)
        .map(one => one.settledAt),
    ),
  )
  return Math.max(...firsts) - since
}

/** In ms: the longest time, from `since` on, in which nothing of one monitor was settled, also of one that was silent from there on. */
export function longestGap(settled: Settled[], since: number, monitors: number): number {
  const gaps = Array.from({ length: monitors }, (_, monitor) => {
    const times = settled
      .filter(one => one.monitor === monitor && one.settledAt >= since)
      .map(one => one.settledAt)
      .sort((a, b) => a - b)
    return Math.max(0, ...times.map((at, index) => at - (times[index - 1] ?? since)))
  })
  return Math.max(...gaps)
}
