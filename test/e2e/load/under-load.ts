import { setTimeout as sleep } from 'node:timers/promises'
import { longestGap, recovery } from '../faults/figures.ts'
import type { Load } from './load.ts'
import type { Settled } from './worker.ts'

/** How long something took, and what monitors noticed of it. */
export interface Noticed {
  ms: number
  /** In ms, of each load: the longest time in which nothing of one of its monitors was stored. */
  gaps: number[]
}

const PATIENCE_MS = 180_000

/**
 * Does something while monitors report, and waits until all of them have newer reports stored.
 * @throws what the work throws
 */
export async function underLoad(
  loads: readonly Load[],
  work: () => Promise<void>,
): Promise<Noticed> {
  await Promise.all(loads.map(load => load.take()))
  const begin = Date.now()
  await work()
  const end = Date.now()
  const gaps = await Promise.all(loads.map(load => gapOf(load, begin, end)))
  return { ms: end - begin, gaps }
}

async function gapOf(load: Load, begin: number, end: number): Promise<number> {
  const { monitors } = load
  const settled: Settled[] = []
  const deadline = end + PATIENCE_MS
  do {
    await sleep(200)
    settled.push(...(await load.take()))
  } while (Date.now() < deadline && !Number.isFinite(recovery(settled, end, monitors)))
  if (!Number.isFinite(recovery(settled, end, monitors))) return Number.POSITIVE_INFINITY
  return longestGap(settled, begin, monitors)
}
