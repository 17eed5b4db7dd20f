import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appendEntry, type Head } from './append.ts'
import type { Declaration } from './entry.ts'
import { draft, keysOf, ledgerOf, newKey } from './ledger.support.ts'
import { hashOf, parseLine } from './line.ts'
import { verifyLedger } from './verify.ts'

const key = newKey()
const other = newKey()
const keys = keysOf(key)
const ledger = ledgerOf(8, key)

/** The head after a line of `ledger`. */
function headOf(line: string | undefined): Head {
  const parsed = parseLine(line ?? '')
  if (typeof parsed === 'string') throw new Error(parsed)
  const { sequence, at, keyId } = parsed.entry
  return { sequence, hash: parsed.hash, at, keyId }
}

function without(...sequences: number[]): string[] {
  return ledger.filter((_, index) => !sequences.includes(index + 1))
}

/** The ledger with `lines` in the place of entry `sequence`. */
function withInstead(sequence: number, ...lines: string[]): string[] {
  return ledger.toSpliced(sequence - 1, 1, ...lines)
}

const line = (sequence: number) => ledger[sequence - 1] ?? ''
const after = (sequence: number) => headOf(line(sequence))
const [first] = ledger

/** Entry 11, without the ones before. */
const lateEntry = (...declares: Declaration[]) =>
  appendEntry(draft(10, { declares }), { ...after(8), sequence: 10 }, key).line

it('An untouched ledger has no findings, and says from when to when it goes.', () => {
  const result = verifyLedger(ledger, keys)
  expect(result.findings).toEqual([])
  expect(result).toMatchObject({
    entries: 8,
    from: { sequence: 1, at: '2026-11-01T00:00:00Z' },
    to: { sequence: 8, at: '2026-11-08T00:00:00Z', hash: after(8).hash },
    subjects: [{ tenant: 'acme', tenantUid: draft(0).tenantUid, region: 'de', country: 'DE' }],
    verdicts: { verified: 8, violated: 0, unknown: 0 },
  })
})

describe('tampering is found', () => {
  it.each<{ why: string; lines: string[]; kinds: string[] }>([
    {
      why: 'A changed word no longer has its signature, and the next entry continues what is not there.',
      lines: withInstead(4, line(4).replace('"verdict":"verified"', '"verdict":"violated"')),
      kinds: ['wrong-signature', 'missing'],
    },
    {
      why: 'A space more means the same to JSON, but it is not what was written.',
      lines: withInstead(4, line(4).replace('"at":', '"at": ')),
      kinds: ['malformed', 'missing'],
    },
    {
      why: 'A name that stands twice is read differently by different programs.',
      lines: withInstead(4, line(4).replace('"at":', '"at":"2026-11-04T00:00:00Z","at":')),
      kinds: ['malformed', 'missing'],
    },
    { why: 'A removed entry leaves a gap.', lines: without(4), kinds: ['missing'] },
    { why: 'Two removed entries leave one gap.', lines: without(4, 5), kinds: ['missing'] },
    {
      why: 'A front that was cut off takes with it what was seen then.',
      lines: ledger.slice(3),
      kinds: ['begins-later'],
    },
    {
      why: 'A declaration of less than what is missing at the front does not explain it.',
      lines: [lateEntry({ kind: 'missing', from: 2, to: 10 })],
      kinds: ['begins-later'],
    },
    {
      why: 'An entry 1 that continues another one had a past.',
      lines: [appendEntry(draft(0), { ...after(1), sequence: 0 }, key).line],
      kinds: ['broken-chain'],
    },
    {
      why: 'Entries that changed places run backwards.',
      lines: ledger.toSpliced(2, 2, line(4), line(3)),
      kinds: ['missing', 'reordered', 'time-backwards'],
    },
    {
      why: 'An entry that is there twice proves nothing more.',
      lines: withInstead(4, line(4), line(4)),
      kinds: ['repeated'],
    },
    {
      why: 'A line cut in the middle is no entry.',
      lines: withInstead(4, line(4).slice(0, 300)),
      kinds: ['malformed', 'missing'],
    },
    {
      why: 'Two different entries of one sequence, both rightly signed, show that somebody told two stories.',
      lines: withInstead(
        4,
        line(4),
        appendEntry(draft(3, { verdict: 'violated' }), after(3), key).line,
      ),
      kinds: ['forked', 'broken-chain'],
    },
    {
      why: 'An entry that was signed anew does not continue into the next one.',
      lines: withInstead(4, appendEntry(draft(3, { reasons: ['another'] }), after(3), key).line),
      kinds: ['broken-chain'],
    },
    {
      why: 'An entry with the name of a known key, signed by another one, is a forgery.',
      lines: withInstead(4, appendEntry(draft(3), after(3), { ...other, keyId: key.keyId }).line),
      kinds: ['wrong-signature', 'missing'],
    },
    {
      why: 'An entry of a key that nobody vouches for proves nothing.',
      lines: withInstead(4, appendEntry(draft(3), after(3), other).line),
      kinds: ['unknown-key', 'missing'],
    },
    {
      why: 'The entries of another tenant of the same region are rightly signed, and not ours.',
      lines: withInstead(4, appendEntry(draft(3, { tenant: 'other' }), after(3), key).line),
      kinds: ['foreign', 'missing'],
    },
    {
      why: 'An entry of the same tenant in another region cannot be: a tenant never moves.',
      lines: withInstead(4, appendEntry(draft(3, { region: 'fr' }), after(3), key).line),
      kinds: ['foreign', 'missing'],
    },
    {
      why: 'An entry that claims to be older than the one before was made up later.',
      lines: [...ledger, appendEntry({ ...draft(2) }, { ...after(8), at: '' }, key).line],
      kinds: ['time-backwards'],
    },
    { why: 'A file of nothing is no proof of anything.', lines: [], kinds: ['empty'] },
  ])('$why', ({ lines, kinds }) => {
    const found = verifyLedger(lines, keys).findings
    expect([...new Set(found.filter(f => f.severity === 'error').map(f => f.kind))].sort()).toEqual(
      kinds.sort(),
    )
  })
})

describe('what an honest signer declares is a notice', () => {
  const missing = { kind: 'missing', from: 9, to: 10 } as const
  it.each<{ why: string; lines: string[]; kinds: string[] }>([
    {
      why: 'Entries that could not be read back are declared by the next one.',
      lines: [
        ...ledger,
        appendEntry(
          draft(8, { declares: [missing] }),
          { ...after(8), sequence: 10, hash: hashOf('lost') },
          key,
        ).line,
      ],
      kinds: ['declared-missing'],
    },
    {
      why: 'A ledger that begins again says so, and the reader learns that nothing ties the parts together.',
      lines: [...ledger, appendEntry(draft(8), undefined, key).line],
      kinds: ['started-again'],
    },
    {
      why: 'Another key is fine when it is among the given ones, but one has to know.',
      lines: [...ledger, appendEntry(draft(8), after(8), other).line],
      kinds: ['key-changed'],
    },
    {
      why: 'A clock that was set back is declared.',
      lines: [...ledger, appendEntry(draft(6.5), after(8), key).line],
      kinds: ['clock-set-back'],
    },
    {
      why: 'Two days without an entry are two days of which nothing is known.',
      lines: [...ledger, appendEntry(draft(9.5), after(8), key).line],
      kinds: ['silence'],
    },
    {
      why: 'A front that the region itself could not read back is declared.',
      lines: [lateEntry({ kind: 'missing', from: 1, to: 10 })],
      kinds: ['declared-missing'],
    },
  ])('$why', ({ lines, kinds }) => {
    const { findings } = verifyLedger(lines, keysOf(key, other))
    expect(findings.map(({ severity, kind }) => `${severity} ${kind}`)).toEqual(
      kinds.map(kind => `notice ${kind}`),
    )
  })

  it('A gap that is larger than what was declared is a gap.', () => {
    const next = appendEntry(
      draft(8, { declares: [{ ...missing, from: 10 }] }),
      { ...after(8), sequence: 10 },
      key,
    )
    expect(verifyLedger([...ledger, next.line], keys).findings).toMatchObject([{ kind: 'missing' }])
  })
})

describe('a part of a ledger', () => {
  const found = (lines: string[], from: number) =>
    verifyLedger(lines, keys, { from }).findings.map(({ severity, kind }) => `${severity} ${kind}`)
  it('Its reader has to know where it begins.', () => {
    expect(found(ledger.slice(5), 6)).toEqual(['notice part'])
  })
  it('It may hold more than was asked for.', () => {
    expect(found(ledger.slice(3), 6)).toEqual(['notice part'])
    expect(found(ledger, 6)).toEqual([])
  })
  it('Less is a cut.', () => {
    const { findings } = verifyLedger(ledger.slice(6), keys, { from: 6 })
    expect(findings).toMatchObject([
      { kind: 'begins-later', message: expect.stringContaining('entry 6 is missing') },
    ])
  })
})

describe('whose ledger it is', () => {
  const theirs = ledgerOf(4, key, undefined, { tenant: 'other' })
  it("Another tenant's ledger is whole and rightly signed: only its name tells.", () => {
    expect(verifyLedger(theirs, keys)).toMatchObject({
      findings: [],
      subjects: [{ tenant: 'other' }],
    })
    expect(verifyLedger(ledger, keys, { tenant: 'acme' }).findings).toEqual([])
  })
  it('With the right name it is one finding, however long it is.', () => {
    const { findings } = verifyLedger(theirs, keys, { tenant: 'acme' })
    expect(findings).toMatchObject([
      {
        kind: 'foreign',
        severity: 'error',
        message: 'entry 1 is of tenant other in region de, not of acme; none of theirs is compared',
      },
    ])
  })
  it('What stands before the own entries does not make them foreign.', () => {
    const abroad = ledgerOf(2, key, undefined, { tenant: 'other', region: 'fr' })
    const { findings } = verifyLedger([...abroad, ...ledger], keys, { tenant: 'acme' })
    expect(findings).toMatchObject([{ kind: 'foreign', line: 1 }])
  })
  it('A Tenant that was made again goes on with the ledger, and its uids are told.', () => {
    const again = appendEntry(draft(8, { tenantUid: 'another' }), after(8), key).line
    const { findings, subjects } = verifyLedger([...ledger, again], keys)
    expect(findings).toEqual([])
    expect(subjects.map(({ tenantUid }) => tenantUid)).toEqual([draft(0).tenantUid, 'another'])
  })
})

describe('the published head', () => {
  const head = after(8).hash
  it('A cut end cannot be seen without it.', () => {
    expect(verifyLedger(ledger.slice(0, 6), keys).findings).toEqual([])
  })
  it('A cut end is seen with it.', () => {
    const { findings } = verifyLedger(ledger.slice(0, 6), keys, { head })
    expect(findings).toMatchObject([{ kind: 'head-not-found', severity: 'error' }])
  })
  it('A whole ledger ends in it.', () => {
    expect(verifyLedger(ledger, keys, { head }).findings).toEqual([])
  })
  it('A ledger that went on since then holds it.', () => {
    const { findings } = verifyLedger(ledger, keys, { head: after(5).hash })
    expect(findings).toMatchObject([{ kind: 'beyond-head', severity: 'notice' }])
  })
})

describe('any ledger', () => {
  const all = Buffer.from(ledger.slice(0, 3).join('\n'))
  const errors = (content: Buffer) =>
    verifyLedger(content.toString('latin1').split('\n'), keys).findings.filter(
      ({ severity }) => severity === 'error',
    )

  const flip = (content: Buffer, bit: number) => {
    const flipped = Buffer.from(content)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    return flipped
  }

  it('Every single bit of an entry that is flipped is found.', () => {
    const entry = Buffer.from(line(2))
    const missed = Array.from({ length: entry.length * 8 }, (_, bit) => bit).filter(
      bit => errors(flip(entry, bit)).length === 0,
    )
    expect(missed).toEqual([])
  })

  it('Any bit of a whole ledger, also between its lines, that is flipped is found.', () => {
    fc.assert(
      fc.property(fc.nat({ max: all.length * 8 - 1 }), bit => {
        expect(errors(flip(all, bit))).not.toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('Bytes that are cut out, doubled, moved or put in anywhere are found.', () => {
    const place = fc.nat({ max: all.length - 1 })
    fc.assert(
      fc.property(place, place, fc.uint8Array({ maxLength: 20 }), (a, b, put) => {
        const [from, to] = a < b ? [a, b] : [b, a]
        const edited = Buffer.concat([all.subarray(0, from), put, all.subarray(to)])
        // What only cuts whole lines from the end leaves a part that is true in itself.
        if (all.toString().startsWith(edited.toString())) return
        expect(errors(edited)).not.toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  it('Whatever stands in a file, verification ends with findings and not with an exception.', () => {
    const json = fc.json().map(text => `{"entry":${text},"signature":"${'A'.repeat(86)}=="}`)
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), json, fc.constant(first ?? ''))), lines => {
        verifyLedger(lines, keys)
      }),
    )
    const deep = `{"entry":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}},"signature":"${'A'.repeat(86)}=="}`
    expect(verifyLedger([deep], keys).findings).toMatchObject([
      { kind: 'malformed' },
      { kind: 'empty' },
    ])
  })
})
