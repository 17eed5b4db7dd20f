import { expect, it } from 'vitest'
import { backoff, jittered } from './backoff.ts'

const range = { first: 200, longest: 60_000 }

it.each([
  { failures: 1, random: 0, want: 100, why: 'at least half of the first pause' },
  { failures: 1, random: 1, want: 200, why: 'at most the first pause' },
  { failures: 4, random: 1, want: 1_600, why: 'doubled with each failure' },
  { failures: 10_000, random: 1, want: 60_000, why: 'never longer than the longest' },
])('after $failures failures, random $random: $want ms, $why', ({ failures, random, want }) => {
  expect(backoff(failures, range, random)).toBe(want)
})

it('spreads a resync by a tenth to both sides', () => {
  expect([jittered(1000, 0), jittered(1000, 0.5), jittered(1000, 1)]).toEqual([900, 1000, 1100])
})
