import { longestGap } from '../faults/figures.ts'
import type { Load } from './load.ts'
import { untilReported } from './until-reported.ts'

/** How long something took, and what monitors noticed of it. */
export interface Noticed {
  ms: number
  /** In ms, of each load: the longest time in which nothing of one of its monitors was stored. */
  gaps: number[]
}

/**
 * Does something while monitors report, and waits until all of them have newer reports stored.
 * @throws what the work throws, and when some do not report again
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
  return longestGap(await untilReported(load, end), begin, load.monitors)
}
