import { generateKeyPairSync } from 'node:crypto'
import { keyIdOf, type Verdict, verifyLedger } from '@platen/ledger'
import { describe, expect, it } from 'vitest'
import type { Tenant } from '../resources/tenant.ts'
import { dueIn, ENTRIES_KEPT, knownFrom, pack, readLedger, unpack, writeEntry } from './ledger.ts'
import { sighting, tenant } from './residency.support.ts'
import { type Verified, verifyResidency } from './verify.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signer = { keyId: keyIdOf(publicKey), privateKey }
const keys = new Map([[signer.keyId, publicKey]])

const HOUR = 3_600_000
const START = Date.parse('2026-11-01T00:00:00Z')
const hours = (n: number) => new Date(START + n * HOUR)

const verified = verifyResidency(sighting({}))
const violated: Verified = {
  ...verified,
  verdict: 'violated',
  reasons: ['a pod of api is in us-east'],
}

type Published = Parameters<typeof readLedger>[1]

/** `count` daily entries as they are written one after the other, and the head that is published after the last. */
function written(count: number, say: (n: number) => Verified = () => verified) {
  let lines: string[] = []
  let published: Published
  for (let n = 0; n < count; n++) {
    const kept = readLedger(lines, published, keys)
    const input = { tenant, verified: say(n), now: hours(24 * n), region: 'de', signer }
    const next = writeEntry(kept, input)
    lines = next.lines
    const { sequence, hash, at } = next.head
    published = { verified: 'True', sequence, head: hash, at }
  }
  return { lines, published }
}

const ledger = written(6)
const { lines, published } = ledger
const earlier = written(4)

/** The whole ledger after one more entry on what was kept. */
function nextAfter(kept: ReturnType<typeof readLedger>) {
  return writeEntry(kept, { tenant, verified, now: hours(24 * 6), region: 'de', signer })
}

describe('what is read back', () => {
  it.each<{
    why: string
    stored: string[]
    published: Published
    newest: number | undefined
    head: number | undefined
    damaged: boolean
  }>([
    {
      why: 'All is as it was written.',
      ...ledger,
      stored: lines,
      newest: 6,
      head: 6,
      damaged: false,
    },
    {
      why: 'The operator ended before it published the head: the entry is there and signed.',
      stored: lines,
      published: earlier.published,
      newest: 6,
      head: 6,
      damaged: false,
    },
    {
      why: 'The status is gone: the signed entries go on.',
      stored: lines,
      published: undefined,
      newest: 6,
      head: 6,
      damaged: false,
    },
    {
      why: 'The ConfigMap is gone: the published head goes on.',
      stored: [],
      published,
      newest: undefined,
      head: 6,
      damaged: false,
    },
    {
      why: 'An older ConfigMap was put back: what the head says was written.',
      stored: earlier.lines,
      published,
      newest: 4,
      head: 6,
      damaged: false,
    },
    {
      why: 'A changed newest entry is not believed.',
      stored: lines.with(5, lines[5]?.replace('"verified"', '"violated"') ?? ''),
      published,
      newest: 5,
      head: 6,
      damaged: true,
    },
    {
      why: 'Without a head, an entry that was changed and stands last is not believed either.',
      stored: lines.with(5, lines[5]?.replace('"verified"', '"violated"') ?? ''),
      published: undefined,
      newest: 5,
      head: 5,
      damaged: true,
    },
    {
      why: 'A changed entry in the middle takes those before it along: the API has them.',
      stored: lines.with(2, lines[2]?.replace('"verified"', '"violated"') ?? ''),
      published,
      newest: 6,
      head: 6,
      damaged: true,
    },
    {
      why: 'A removed entry breaks the chain.',
      stored: lines.toSpliced(2, 1),
      published,
      newest: 6,
      head: 6,
      damaged: true,
    },
    {
      why: 'Something else altogether is dropped.',
      stored: ['hello'],
      published,
      newest: undefined,
      head: 6,
      damaged: true,
    },
    {
      why: 'Nothing was ever written.',
      stored: [],
      published: undefined,
      newest: undefined,
      head: undefined,
      damaged: false,
    },
  ])('$why', ({ stored, published: known, newest, head, damaged }) => {
    const kept = readLedger(stored, known, keys)
    expect({
      newest: kept.newest?.sequence,
      head: kept.head?.sequence,
      damaged: kept.damaged,
    }).toEqual({ newest, head, damaged })
    // What is left is always the end of a ledger that one can rely on.
    const { findings } = verifyLedger(kept.lines, keys, { from: stored.length })
    expect(
      findings.filter(({ severity, kind }) => severity === 'error' && kind !== 'empty'),
    ).toEqual([])
  })
})

describe('the next entry', () => {
  const whole = (stored: string[], known: Published) => {
    const { lines: written, head } = nextAfter(readLedger(stored, known, keys))
    return verifyLedger([...lines, written.at(-1) ?? ''], keys, { head: head.hash }).findings
  }
  it('continues what is there', () => expect(whole(lines, published)).toEqual([]))
  it('continues the published head when the ConfigMap is gone', () => {
    expect(whole([], published)).toEqual([])
  })
  it('declares what was lost, which matters only to those who do not have it', () => {
    const { lines: kept } = nextAfter(readLedger(earlier.lines, published, keys))
    expect(verifyLedger(kept, keys).findings).toMatchObject([
      { kind: 'declared-missing' },
      { kind: 'silence' },
    ])
    expect(whole(earlier.lines, published)).toEqual([])
  })
  it('says that the chain begins again when nothing is known of it', () => {
    expect(whole([], undefined)).toMatchObject([{ kind: 'started-again', severity: 'notice' }])
  })
  it('declares another key', () => {
    const pair = generateKeyPairSync('ed25519')
    const other = { keyId: keyIdOf(pair.publicKey), privateKey: pair.privateKey }
    const both = new Map([...keys, [other.keyId, pair.publicKey]])
    const input = { tenant, verified, now: hours(24 * 6), region: 'de', signer: other }
    const { lines: written } = writeEntry(readLedger(lines, published, keys), input)
    expect(verifyLedger(written, both).findings).toMatchObject([
      { kind: 'key-changed', message: expect.stringContaining('(declared)') },
    ])
  })
  it('keeps within its bound', () => {
    const many = written(ENTRIES_KEPT + 3)
    expect(many.lines).toHaveLength(ENTRIES_KEPT)
    expect(verifyLedger(many.lines, keys).findings).toMatchObject([{ kind: 'begins-later' }])
    expect(many.lines.join('\n').length).toBeLessThan((1024 * 1024) / 2)
  })
  it('is the same after it was packed, and takes far less room', () => {
    for (const { lines, published } of [{ lines: [], published: undefined }, written(20)]) {
      const kept = readLedger(lines, published, keys)
      expect(unpack(pack(kept))).toEqual(kept)
    }
    const many = readLedger(written(20).lines, undefined, keys)
    expect(pack(many).packed.length).toBeLessThan(many.lines.join('\n').length / 2)
  })
})

describe('when an entry is due', () => {
  const due = (said: Verified, after: number, stored = lines, known = published) =>
    dueIn(readLedger(stored, known, keys), { tenant, verified: said, now: hours(24 * 5 + after) })
  const morePods = { ...verified, facts: { ...verified.facts, pods: { 'eu-de': 9 } } }
  const unknown: Verified = { ...verified, verdict: 'unknown', reasons: ['it is away'] }
  const nothing: Published = { verified: 'Unknown' }
  const wasViolated = written(3, n => (n === 2 ? violated : verified))

  it.each<{ why: string; ms: number; want: number }>([
    {
      why: 'Nothing changed: nothing is written for most of a day.',
      ms: due(verified, 1),
      want: due(verified, 0) - HOUR,
    },
    { why: 'After a day there is one.', ms: due(verified, 24), want: 0 },
    {
      why: 'More pods in the same place are no news.',
      ms: due(morePods, 1),
      want: due(verified, 1),
    },
    { why: 'A violation is written at once.', ms: due(violated, 0), want: 0 },
    {
      why: 'So is its end.',
      ms: dueIn(readLedger(wasViolated.lines, wasViolated.published, keys), {
        tenant,
        verified,
        now: hours(48),
      }),
      want: 0,
    },
    { why: 'A fact that is missing for a moment is not.', ms: due(unknown, 0.1), want: 4 * 60_000 },
    { why: 'After ten minutes it is.', ms: due(unknown, 0.2), want: 0 },
    { why: 'A ConfigMap that is gone is filled again.', ms: due(verified, 1, []), want: 0 },
    {
      why: 'The first entry waits for the first facts.',
      ms: due(unknown, 0, [], nothing),
      want: 600_000,
    },
    { why: 'With facts it does not wait.', ms: due(verified, 0, [], nothing), want: 0 },
    { why: 'A clock that was set back by hours is declared.', ms: due(verified, -2), want: 0 },
  ])('$why', ({ ms, want }) => expect(ms).toBe(want))

  it('Tenants that were made together do not write together a day later.', () => {
    const times = Array.from({ length: 1000 }, (_, n) => {
      const one = { ...tenant, metadata: { ...tenant.metadata, name: `tenant-${n}` } } as Tenant
      return dueIn(readLedger(lines, published, keys), {
        tenant: one,
        verified,
        now: hours(24 * 5),
      })
    })
    const perMinute = Map.groupBy(times, ms => Math.floor(ms / 60_000))
    expect(Math.max(...[...perMinute.values()].map(all => all.length))).toBeLessThan(15)
    expect(Math.min(...times)).toBeGreaterThanOrEqual(20 * HOUR)
    expect(Math.max(...times)).toBeLessThanOrEqual(24 * HOUR)
  })
})

it.each<{ why: string; status: Verdict | undefined; says: Verified; before: Verdict }>([
  {
    why: 'The ledger remembers a violation when the status was emptied.',
    status: undefined,
    says: violated,
    before: 'violated',
  },
  {
    why: 'The status remembers one that is not in the ledger yet.',
    status: 'violated',
    says: verified,
    before: 'violated',
  },
  {
    why: 'Otherwise it is what the ledger says.',
    status: undefined,
    says: verified,
    before: 'verified',
  },
])('$why', ({ status, says, before }) => {
  const kept = readLedger(written(1, () => says).lines, undefined, keys)
  const one = {
    ...tenant,
    ...(status && { status: { residency: { verified: 'False' } } }),
  } as Tenant
  expect(knownFrom(kept, one)).toEqual({
    before,
    committed: { country: 'DE', label: 'topology.kubernetes.io/region', place: 'eu-de' },
  })
})
