import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 20
const DEADLINE_MS = 60_000

/**
 * Polls until there is something, and gives it.
 * @throws when there is nothing for a minute
 */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline)
      throw new Error(`waited for ${DEADLINE_MS / 1000} s in vain: ${what}`)
    await delay(POLL_MS)
  }
}
