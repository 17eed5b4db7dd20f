import { describe, expect, it } from 'vitest'
import {
  type Condition,
  dropCondition,
  type Finding,
  findCondition,
  isTrue,
  setCondition,
} from './conditions.ts'

const before: Condition = {
  type: 'Ready',
  status: 'False',
  observedGeneration: 1,
  lastTransitionTime: '2026-11-01T10:00:00Z',
  reason: 'DatabaseStarting',
  message: 'The database starts.',
}
const other: Condition = { ...before, type: 'Accepted', status: 'True', reason: 'Accepted' }
const moment = { generation: 1, now: '2026-11-01T11:00:00Z' }
const same: Finding = {
  type: 'Ready',
  status: 'False',
  reason: 'DatabaseStarting',
  message: 'The database starts.',
}

describe('setCondition', () => {
  it('hands back the very same list when nothing changed, so that nothing is written', () => {
    const conditions = [other, before]
    expect(setCondition(conditions, same, moment)).toBe(conditions)
  })

  it.each<{ why: string; finding: Finding; generation: number; since: string }>([
    {
      why: 'a change of the status is a transition.',
      finding: { ...same, status: 'True' },
      generation: 1,
      since: moment.now,
    },
    {
      why: 'another reason for the same status is no transition.',
      finding: { ...same, reason: 'DatabaseFailed' },
      generation: 1,
      since: before.lastTransitionTime,
    },
    {
      why: 'another message for the same status is no transition.',
      finding: { ...same, message: 'The database restarts.' },
      generation: 1,
      since: before.lastTransitionTime,
    },
    {
      why: 'a newer generation with the same status is no transition.',
      finding: same,
      generation: 2,
      since: before.lastTransitionTime,
    },
    {
      why: 'from false to unknown is a transition too.',
      finding: { ...same, status: 'Unknown' },
      generation: 1,
      since: moment.now,
    },
  ])('replaces in place: $why', ({ finding, generation, since }) => {
    const conditions = [before, other]
    const after = setCondition(conditions, finding, { ...moment, generation })
    expect(after).toEqual([
      { ...finding, observedGeneration: generation, lastTransitionTime: since },
      other,
    ])
    expect(conditions, 'the list that came in is left alone').toEqual([before, other])
  })

  it('adds what was not there, as of now', () => {
    expect(setCondition([other], same, moment)).toEqual([
      other,
      { ...before, lastTransitionTime: moment.now },
    ])
  })

  it('leaves out nothing that the CRD asks for and adds nothing that it does not know', () => {
    const finding = { ...same, secret: 'x' }
    expect(Object.keys(setCondition([], finding, moment)[0] ?? {}).sort()).toEqual(
      Object.keys(before).sort(),
    )
  })
})

it('dropCondition removes one type and hands back the same list when it is not there', () => {
  const conditions = [before, other]
  expect(dropCondition(conditions, 'Ready')).toEqual([other])
  expect(dropCondition(conditions, 'Paused')).toBe(conditions)
})

it.each([
  { why: 'it is said to be true.', conditions: [other], want: true },
  {
    why: 'it is said to be false.',
    conditions: [{ ...other, status: 'False' as const }],
    want: false,
  },
  { why: 'nobody knows.', conditions: [{ ...other, status: 'Unknown' as const }], want: false },
  { why: 'nothing is said about it.', conditions: [before], want: false },
  { why: 'there is no status yet.', conditions: undefined, want: false },
])('isTrue is $want when $why', ({ conditions, want }) => {
  expect(isTrue(conditions, 'Accepted')).toBe(want)
})

it('findCondition finds by type', () => {
  expect(findCondition([before, other], 'Accepted')).toBe(other)
  expect(findCondition([before], 'Accepted')).toBeUndefined()
})
