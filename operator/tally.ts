import { AsyncLocalStorage } from 'node:async_hooks'

const running = new AsyncLocalStorage<{ writes: number }>()

/** Does the work, and tells how many writes to API servers were asked for in it, wherever that was. */
export async function tallied<T>(work: () => Promise<T>): Promise<{ result: T; writes: number }> {
  const tally = { writes: 0 }
  const result = await running.run(tally, work)
  return { result, writes: tally.writes }
}

/** One write, in whatever work is running. */
export function tallyWrite(): void {
  const tally = running.getStore()
  if (tally) tally.writes += 1
}
