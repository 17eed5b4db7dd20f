import type { WriteOutcome } from '@platen/database'
import { expect, it } from 'vitest'
import { testReport } from '../../test/support/tenant.ts'
import { receiptsOf } from './commit.ts'

const malformed = { epoch: 'e1', seq: 9, code: 'malformed', reason: 'why' } as const
const refused = { result: 'refused', code: 'unacceptable', reason: 'because' } as const

it('gives each batch the outcomes of its own reports, and counts a duplicate as stored', () => {
  const batches = [
    { reports: [testReport(1), testReport(2)], refused: [] },
    { reports: [], refused: [malformed] },
    { reports: [testReport(3), testReport(4)], refused: [malformed] },
  ]
  const outcomes: WriteOutcome[] = [
    { result: 'stored' },
    { result: 'duplicate' },
    refused,
    { result: 'stored' },
  ]
  expect(receiptsOf(batches, outcomes)).toEqual([
    { stored: 2, refused: [] },
    { stored: 0, refused: [malformed] },
    {
      stored: 1,
      refused: [malformed, { epoch: 'e1', seq: 3, code: 'unacceptable', reason: 'because' }],
    },
  ])
})

it('answers nothing when an outcome is missing: a receipt lets the sender forget', () => {
  const batches = [{ reports: [testReport(1), testReport(2)], refused: [] }]
  expect(() => receiptsOf(batches, [{ result: 'stored' }])).toThrow('outcomes are missing')
})
