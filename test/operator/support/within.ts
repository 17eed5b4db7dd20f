import { vi } from 'vitest'

/** Asks until nothing is thrown, for a minute. */
export async function within<T>(check: () => T | Promise<T>): Promise<T> {
  return await vi.waitFor(check, { timeout: 60_000, interval: 100 })
}

/** Longer than all that waits in a test, so that what it waited for is told. */
export const LONG = 240_000
