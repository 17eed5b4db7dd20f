import { hashOf, parseKeys } from '@platen/ledger'
import { describe, expect, it } from 'vitest'
import { continued, EMPTY, keysJson, newKey, type TestLedger } from '../testing/ledger.ts'
import { chooseEntries, hashesOf, readKeys } from './choose.ts'

const key = newKey()
const other = newKey()
const stranger = newKey()
const KEYS = parseKeys(keysJson(key, other))

/** The same to the byte each time: Ed25519 signs without chance. */
const part = (count: number) => continued(EMPTY, count, { signer: key })
const five = part(5)
const ten = continued(five, 5, { signer: key })
const fork = continued(part(3), 3, { signer: key, reasons: ['another story'] })

/** What is chosen of `lines` where `stored` is written down already. */
function choose(lines: readonly string[], stored: readonly string[] = []) {
  const keys = stored.length > 0 ? [{ id: key.keyId, publicKey: key.pem }] : []
  const hashes = new Set(hashesOf(lines).filter(hash => stored.some(it => hashOf(it) === hash)))
  const choice = chooseEntries(lines, KEYS, { hashes, last: stored.at(-1), keys })
  const { entries, keys: added, ...rest } = choice
  return { ...rest, lines: entries.map(({ line }) => line), keys: added.map(({ id }) => id) }
}

const ALL_WELL = { hasGap: false, keys: [] }

describe('of the entries at hand', () => {
  it.each([
    { why: 'all are new', lines: ten.lines, stored: [], want: ten.lines, keys: [key.keyId] },
    { why: 'some are stored', lines: ten.lines, stored: five.lines, want: ten.lines.slice(5) },
    { why: 'all are stored', lines: ten.lines, stored: ten.lines, want: [] },
    {
      why: 'the file is older than what is stored',
      lines: five.lines,
      stored: ten.lines,
      want: [],
    },
    {
      why: 'the oldest ones left the file',
      lines: ten.lines.slice(4),
      stored: five.lines,
      want: ten.lines.slice(5),
    },
    {
      why: 'one stands there twice',
      lines: [...five.lines, five.lines[4] ?? ''],
      stored: [],
      want: five.lines,
      keys: [key.keyId],
    },
    { why: 'there are none', lines: [], stored: five.lines, want: [] },
  ])('those are written down that are not stored: $why', ({ lines, stored, want, keys = [] }) => {
    expect(choose(lines, stored)).toEqual({ ...ALL_WELL, lines: want, keys })
  })

  it('the first that must be refused keeps back all after it', () => {
    const forged = (ten.lines[6] ?? '').replace('"verified"', '"violated"')
    const lines = [...ten.lines.slice(0, 6), forged, ...ten.lines.slice(7)]
    expect(choose(lines, five.lines)).toEqual({
      ...ALL_WELL,
      lines: ten.lines.slice(5, 6),
      refused: 'wrong-signature',
    })
  })

  it.each([
    {
      why: 'a changed entry',
      line: (five.lines[4] ?? '').replace('"DE"', '"FR"'),
      refused: 'wrong-signature',
    },
    { why: 'half a line', line: (five.lines[4] ?? '').slice(0, 300), refused: 'malformed' },
    {
      why: 'a key that nobody knows',
      line: next(part(4), { signer: stranger }),
      refused: 'unknown-key',
    },
    {
      why: 'an entry of another tenant',
      line: next(part(4), { signer: key, tenant: 'beta' }),
      refused: 'foreign',
    },
    {
      why: 'an entry of another region',
      line: next(part(4), { signer: key, region: 'fr' }),
      refused: 'foreign',
    },
    { why: 'another entry 4 than the stored one', line: fork.lines[3] ?? '', refused: 'forked' },
    {
      why: 'an entry of a past that is not stored',
      line: continued(part(1), 1, { signer: key, reasons: ['x'] }).lines[1] ?? '',
      refused: 'reordered',
    },
    { why: 'an entry 5 after another entry 4', line: fork.lines[4] ?? '', refused: 'broken-chain' },
  ])('refused is $why', ({ line, refused }) => {
    expect(choose([line], five.lines.slice(0, 4))).toEqual({ ...ALL_WELL, lines: [], refused })
  })

  function next(ledger: TestLedger, changes: Parameters<typeof continued>[2]): string {
    return continued(ledger, 1, changes).lines.at(-1) ?? ''
  }

  it('what follows a gap is written down, for the gap does not close again', () => {
    expect(choose(ten.lines.slice(7), five.lines)).toEqual({
      ...ALL_WELL,
      hasGap: true,
      lines: ten.lines.slice(7),
    })
  })

  it('a gap that the region itself declares is no news', () => {
    const missing = { kind: 'missing', from: 6, to: 10 } as const
    const line = next(ten, { signer: key, declares: [missing] })
    expect(choose([line], five.lines)).toEqual({ ...ALL_WELL, lines: [line] })
  })

  it('a ledger that begins again is written down after the one before', () => {
    const again = continued(EMPTY, 2, { signer: key, verdict: 'unknown' })
    expect(choose(again.lines, five.lines)).toEqual({ ...ALL_WELL, lines: again.lines })
  })

  it('one by another key brings that key along', () => {
    const line = next(five, { signer: other })
    expect(choose([line], five.lines)).toEqual({ ...ALL_WELL, lines: [line], keys: [other.keyId] })
  })

  it('those by a stored key need it in the file no longer', () => {
    const hashes = new Set<string>()
    const stored = { hashes, last: five.lines[4], keys: [{ id: key.keyId, publicKey: key.pem }] }
    const choice = chooseEntries(ten.lines.slice(5), new Map(), stored)
    expect(choice.entries).toHaveLength(5)
  })
})

it.each(['', '[', '{"a":"b"}', `{"${key.keyId}":${JSON.stringify(other.pem)}}`])(
  'keys that cannot be read are told from none: %s',
  json => expect(readKeys(json)).toBeUndefined(),
)
