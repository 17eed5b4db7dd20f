import type { Entry } from '@platen/ledger'
import { describe, expect, it } from 'vitest'
import { saying } from './ledger.ts'
import { firstAfter } from './watch.ts'

const entry = (sequence: number, verdict: Entry['verdict'], reasons: string[] = []) =>
  ({ sequence, verdict, reasons, at: `2026-11-29T08:00:0${sequence}Z` }) as Entry

describe('what a ledger says of a violation', () => {
  const since = Date.parse('2026-11-29T08:00:02.900Z')
  const expected = { since, reason: /abroad/ }
  const before = [entry(1, 'violated', ['abroad']), entry(2, 'verified')]

  it.each([
    { why: 'one of before does not count', entries: before.slice(0, 1), says: undefined },
    {
      why: 'it has not ended',
      entries: [...before, entry(3, 'violated', ['abroad'])],
      says: undefined,
    },
    {
      why: 'another reason',
      entries: [...before, entry(3, 'violated', ['unbound']), entry(4, 'verified')],
      says: undefined,
    },
    {
      why: 'it began and ended',
      entries: [...before, entry(3, 'violated', ['abroad']), entry(4, 'verified')],
      says: { violated: 3, verified: 4, entries: 4 },
    },
  ])('$why', ({ entries, says }) => {
    expect(saying(entries, expected)).toEqual(says)
  })

  it('a moment of before the strike does not count, one that lasted shortly does', () => {
    const moments = [
      { at: 10, said: 'False' },
      { at: 20, said: 'True' },
      { at: 31, said: 'False' },
      { at: 32, said: 'True' },
    ]
    expect(firstAfter(moments, 20, /^False/)?.at).toBe(31)
    expect(firstAfter(moments, 40, /^False/)).toBeUndefined()
  })
})
