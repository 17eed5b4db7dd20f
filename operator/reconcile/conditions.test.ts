import { expect, it } from 'vitest'
import { Conditions } from './conditions.ts'

const BEFORE = '2026-11-01T00:00:00Z'
const NOW = new Date('2026-11-02T03:04:05.678Z')
const stored = {
  type: 'Ready',
  status: 'True',
  reason: 'Ready',
  message: '',
  observedGeneration: 1,
  lastTransitionTime: BEFORE,
} as const

it.each([
  { why: 'the status is the same, whatever the reason is now', status: 'True', time: BEFORE },
  { why: 'the status is another one', status: 'False', time: '2026-11-02T03:04:05Z' },
  { why: 'nothing can be said any more', status: 'Unknown', time: '2026-11-02T03:04:05Z' },
] as const)('the transition is of $time: $why', ({ status, time }) => {
  const conditions = new Conditions([stored], 2, NOW)
  conditions.set('Ready', status, { reason: 'Other', message: 'another one' })
  expect(conditions.get('Ready')).toEqual({
    type: 'Ready',
    status,
    reason: 'Other',
    message: 'another one',
    observedGeneration: 2,
    lastTransitionTime: time,
  })
})
