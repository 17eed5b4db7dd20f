import { until } from '../../cluster/wait.ts'

/**
 * Seconds from `since` (ms since 1970) until nothing is missing.
 * @param missing undefined when it is so; otherwise what is missing, in words.
 * @throws after the deadline, with what is missing then.
 */
export async function secondsUntil(
  since: number,
  what: string,
  missing: () => Promise<string | undefined>,
  deadlineMs = 180_000,
): Promise<number> {
  await until(what, missing, deadlineMs)
  return secondsSince(since)
}

export const secondsSince = (since: number) => (Date.now() - since) / 1000

/** Of seconds, for a table. */
export const tenths = (seconds: number) => seconds.toFixed(1)
