import { expect, it } from 'vitest'
import { foreignAgainAt } from './foreign.ts'

const MINUTE = 60_000
const at = Date.parse('2026-11-01T10:00:00Z')

it.each([
  { why: 'Nobody looked yet.', seen: undefined, again: 0 },
  {
    why: 'Admission keeps a clean namespace clean.',
    seen: { found: [], at },
    again: at + 60 * MINUTE,
  },
  {
    why: 'What is there keeps the stack closed, and may be gone any time.',
    seen: { found: [{ kind: 'NetworkPolicy', name: 'way-out' }], at },
    again: at + MINUTE,
  },
])('looks again in time: $why', ({ seen, again }) => {
  expect(foreignAgainAt(seen)).toBe(again)
})
