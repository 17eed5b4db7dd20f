import { until } from '../../cluster/wait.ts'
import { recovery } from '../faults/figures.ts'
import type { Load } from './load.ts'
import type { Settled } from './worker.ts'

const PATIENCE_MS = 180_000

/**
 * Waits until every monitor of a load has a report stored that it made after `since`, in ms since 1970.
 * @returns what was settled meanwhile
 */
export async function untilReported(load: Load, since: number): Promise<Settled[]> {
  const settled: Settled[] = []
  await until(
    'every monitor reports again',
    async () => {
      settled.push(...(await load.take()))
      return Number.isFinite(recovery(settled, since, load.monitors)) ? undefined : 'some do not'
    },
    PATIENCE_MS,
  )
  return settled
}
