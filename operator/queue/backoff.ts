/** Bounds of a pause between attempts, in milliseconds. */
export interface BackoffRange {
  first: number
  longest: number
}

/**
 * Milliseconds to wait after so many failures in a row (1 or more): doubles from `first` up to `longest`. The upper half
 * is random, so that those who failed together don't come back together.
 */
export function backoff(
  failures: number,
  { first, longest }: BackoffRange,
  random: number,
): number {
  const ceiling = Math.min(longest, first * 2 ** Math.min(failures - 1, 30))
  return ceiling * (0.5 + random / 2)
}

/** So many milliseconds, a tenth more or less: what was started together does not come back together. */
export function jittered(milliseconds: number, random: number): number {
  return milliseconds * (0.9 + random / 5)
}
