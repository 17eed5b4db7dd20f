import { expect, it } from 'vitest'
import { Conditions } from './conditions.ts'
import { done, type Outcome, refused, waitFor } from './outcome.ts'
import { lookAgain, note } from './outcomes.ts'

const now = new Date('2026-11-30T12:00:00Z')

function noted(...outcomes: Outcome[]) {
  const s = {
    conditions: new Conditions([], 1, now),
    now,
    lookAgainAt: undefined as Date | undefined,
  }
  const areDone = outcomes.map(outcome => note(s, outcome))
  const seconds = s.lookAgainAt && (s.lookAgainAt.getTime() - now.getTime()) / 1000
  return { areDone, seconds, ready: s.conditions.get('EdgeReady')?.status }
}

const waits = (afterMs?: number) => waitFor('EdgeReady', 'Waiting', 'waiting for it', afterMs)
const refusal = refused('EdgeReady', 'SecretMissing', 'cannot copy it: it is not there; create it')

it.each([
  {
    why: 'done',
    outcomes: [done],
    want: { areDone: [true], seconds: undefined, ready: undefined },
  },
  {
    why: 'the watch tells',
    outcomes: [waits()],
    want: { areDone: [false], seconds: undefined, ready: 'False' },
  },
  {
    why: 'at a time of its own',
    outcomes: [waits(15_000)],
    want: { areDone: [false], seconds: 15, ready: 'False' },
  },
  {
    why: 'what cures it may not be watched',
    outcomes: [refusal],
    want: { areDone: [false], seconds: 60, ready: 'False' },
  },
  {
    why: 'the soonest counts',
    outcomes: [refusal, waits(15_000), waits(30_000)],
    want: { seconds: 15 },
  },
])('looks again: $why', ({ outcomes, want }) => {
  expect(noted(...outcomes)).toMatchObject(want)
})

it('never later than it was to be', () => {
  const s = { lookAgainAt: new Date(now.getTime() + 1_000) }
  lookAgain(s, new Date(now.getTime() + 2_000))
  expect(s.lookAgainAt.getTime() - now.getTime()).toBe(1_000)
})
