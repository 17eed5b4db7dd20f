import { expect, it } from 'vitest'
import { backoff, pause } from './backoff.ts'

const range = { first: 100, longest: 5_000 }

it.each([
  { failures: 1, random: 0, want: 50, why: 'at least half of the first pause' },
  { failures: 1, random: 1, want: 100, why: 'at most the first pause' },
  { failures: 3, random: 1, want: 400, why: 'doubled with each failure' },
  { failures: 10_000, random: 1, want: 5_000, why: 'never longer than the longest' },
])('after $failures failures, random $random: $want ms, $why', ({ failures, random, want }) => {
  expect(backoff(failures, range, () => random)).toBe(want)
})

it('ends a pause at once when it is no longer wanted', async () => {
  const signal = AbortSignal.abort()
  await expect(pause(1_000_000, signal)).resolves.toBeUndefined()
})
