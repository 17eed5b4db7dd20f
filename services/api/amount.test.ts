import { describe, expect, it } from 'vitest'
import { knowledge, percentFilled, percentRemaining } from './amount.ts'
import { AMOUNTS } from './testing/amounts.ts'

describe('percentRemaining', () => {
  it.each(AMOUNTS)('$name: $why', ({ amount, want }) => {
    expect(percentRemaining(amount)).toBe(want)
  })
})

describe('percentFilled', () => {
  const box = { class: 'filled', unit: 'percent', capacity: 100, level: 30, levelKind: null }
  it.each([
    { name: 'waste box', why: 'its level is the room that is left', supply: box, want: 70 },
    { name: 'full box', why: 'no room is left', supply: { ...box, level: 0 }, want: 100 },
    {
      name: 'thirds',
      why: 'no more than a tenth',
      supply: { ...box, level: 1, capacity: 3 },
      want: 66.7,
    },
    {
      name: 'toner',
      why: 'it does not fill up',
      supply: { ...box, class: 'consumed' },
      want: null,
    },
    { name: 'no class', why: 'it may not fill up', supply: { ...box, class: null }, want: null },
    { name: 'silent box', why: 'unknown is not full', supply: { ...box, level: null }, want: null },
  ])('$name: $why', ({ supply, want }) => {
    expect(percentFilled(supply)).toBe(want)
  })
})

describe('knowledge', () => {
  it.each([
    { level: 0, kind: null, want: 'KNOWN' },
    { level: null, kind: 'some', want: 'SOME' },
    { level: null, kind: 'unlimited', want: 'UNLIMITED' },
    { level: null, kind: null, want: 'UNKNOWN' },
  ] as const)('$level and $kind is $want', ({ level, kind, want }) => {
    expect(knowledge(level, kind)).toBe(want)
  })
})
