import type { Stored } from '../load/load.ts'
import type { Settled } from '../load/worker.ts'

/** Reports that monitors had been told are stored, and that the database does not have. */
export function lostOf(settled: Settled[], stored: Stored[]): Settled[] {
  const ranges = Map.groupBy(stored, ({ monitor }) => monitor)
  return settled.filter(
    ({ monitor, seq }) =>
      !ranges.get(monitor)?.some(({ first, last }) => seq >= first && seq <= last),
  )
}

/** Those that are not among the others. */
export function without(settled: Settled[], others: Settled[]): Settled[] {
  const known = new Set(others.map(keyOf))
  return settled.filter(one => !known.has(keyOf(one)))
}

const keyOf = ({ monitor, seq }: Settled) => `${monitor}/${seq}`

/** In seconds: how long before `at` the first of them had been acknowledged; 0 when there is none. */
export function reachOf(lost: Settled[], at: number): number {
  return Math.max(0, ...lost.map(({ settledAt }) => (at - settledAt) / 1000))
}

export interface Boundary {
  /** Acknowledged until then, and lost all the same. */
  missing: number
  /** Made after it, acknowledged before the restore, and there all the same. */
  surplus: number
}

/** How exactly a database was restored to a moment, in ms since 1970; both have to be 0. */
export function boundaryOf(
  settled: Settled[],
  { lost, to, restoredAt }: { lost: Settled[]; to: number; restoredAt: number },
): Boundary {
  const after = settled.filter(one => one.appendedAt > to && one.settledAt < restoredAt)
  return {
    missing: lost.filter(({ settledAt }) => settledAt <= to).length,
    surplus: without(after, lost).length,
  }
}
