import { expect, it } from 'vitest'
import type { Condition } from './conditions.ts'
import { newsIn } from './status.ts'

const at = '2026-11-01T10:00:00Z'
const away = (type: string): Condition => ({
  type,
  status: 'Unknown',
  reason: 'Unreachable',
  message: 'nothing is seen',
  lastTransitionTime: at,
})

it('What several conditions say at once is news once.', () => {
  const after = ['DatabaseReady', 'ApiReady'].map(away)
  const told = { type: 'Warning', reason: 'Unreachable', message: 'nothing is seen' }
  expect(newsIn([], after)).toEqual([told])
  expect(newsIn(after, after)).toEqual([])
})
