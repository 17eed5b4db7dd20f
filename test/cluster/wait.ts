import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until nothing is missing.
 * @param missing undefined when it is so; otherwise what is missing, in words.
 * @throws after the deadline, with what is missing then.
 */
export async function until(
  what: string,
  missing: () => Promise<string | undefined>,
  deadlineMs = 300_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs
  for (;;) {
    const why = await missing().catch(error =>
      error instanceof Error ? error.message : `${error}`,
    )
    if (why === undefined) return
    if (Date.now() > deadline) {
      throw new Error(`cannot wait longer until ${what}: ${why}; see npm run cluster -- status`)
    }
    await sleep(250)
  }
}
