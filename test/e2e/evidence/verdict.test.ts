import { expect, it } from 'vitest'
import { sentenceOf } from './verdict.ts'

it.each([
  { ended: { passed: ['a', 'b'], failed: [], skipped: [] }, says: '2 passed.' },
  { ended: { passed: ['a'], failed: [], skipped: ['b'] }, says: '1 passed, 1 left out.' },
  {
    ended: { passed: ['a'], failed: ['b', 'c'], skipped: ['d'] },
    says: '**2 failed** (b; c), 1 passed, 1 left out.',
  },
])('a verdict: $says', ({ ended, says }) => {
  expect(sentenceOf(ended)).toBe(says)
})
