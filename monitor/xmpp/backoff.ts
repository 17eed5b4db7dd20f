import { setTimeout as delay } from 'node:timers/promises'

/** Bounds of a pause between attempts, in milliseconds. */
export interface BackoffRange {
  first: number
  longest: number
}

/**
 * Milliseconds to wait after so many failures in a row (1 or more): doubles from `first` up to `longest`, of which the
 * upper half is random, so that monitors that were cut off together don't come back together.
 */
export function backoff(
  failures: number,
  { first, longest }: BackoffRange,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(longest, first * 2 ** Math.min(failures - 1, 30))
  return ceiling * (0.5 + random() / 2)
}

/** Waits so many milliseconds, or until the signal is aborted: that is no error. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined)
}
