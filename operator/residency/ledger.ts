import { hash, verify as verifySignature } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import {
  appendEntry,
  type Declaration,
  type Entry,
  type Head,
  hashOf,
  type Keys,
  type Line,
  parseLine,
  type Signer,
  timeOf,
} from '@platen/ledger'
import type { Tenant } from '../resources/tenant.ts'
import { commitmentIn } from './rules.ts'
import type { Sighting } from './sighting.ts'
import type { Verified } from './verify.ts'

/** How many entries wait in the tenant's namespace for its API to write them down; all of them are in memory, too, packed. */
export const ENTRIES_KEPT = 64
/** Of the ConfigMap's 1 MiB. */
const CHARACTERS_KEPT = 512 * 1024

/** A tenant's ledger as far as it is kept outside of the tenant's database. */
export interface KeptLedger {
  /** Consecutive and sound, oldest first. */
  lines: string[]
  /** What the next entry continues; undefined: nothing is known of an earlier one. */
  head: Head | undefined
  /** Undefined where only the published head is left. */
  newest: Entry | undefined
  /** What the next entry has to say about the ones before. */
  declares: Declaration[]
  /** Something stood there that is none of our entries, or not in our order: somebody edited it. */
  damaged: boolean
}

/** As it is kept in memory between two looks: a fourth of 50 KB, for each tenant. */
export interface PackedLedger extends Omit<KeptLedger, 'lines'> {
  packed: Uint8Array
}

export function pack({ lines, ...rest }: KeptLedger): PackedLedger {
  return { ...rest, packed: new Uint8Array(deflateRawSync(lines.join('\n'))) }
}

export function unpack({ packed, ...rest }: PackedLedger): KeptLedger {
  return { ...rest, lines: linesOf(inflateRawSync(packed).toString()) }
}

/** Of a text with a line for each entry. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}

type Published = NonNullable<Tenant['status']>['residency']

/**
 * Reads back what was kept: the ConfigMap's lines and the head that the Tenant's status published. Either may be gone,
 * edited or behind the other (the operator may end between two writes). The newest entry that can be believed wins;
 * what cannot is dropped, and what is known to be lost is declared. The numbers never start again while one is known.
 */
export function readLedger(
  stored: readonly string[],
  published: Published,
  keys: Keys,
): KeptLedger {
  const head = headOf(published)
  const end = stored.findLastIndex(text => soundLine(text, head, keys) !== undefined)
  const newest = soundLine(stored[end] ?? '', head, keys)
  const lines = newest ? stored.slice(startOfChain(stored, end, newest), end + 1) : []
  const kept = { lines, damaged: lines.length < stored.length, declares: [] }
  if (!newest) return { ...kept, head, newest: undefined }
  const { sequence, at, keyId } = newest.entry
  if (head && head.sequence > sequence) {
    const missing: Declaration = { kind: 'missing', from: sequence + 1, to: head.sequence }
    return { ...kept, head, newest: newest.entry, declares: [missing] }
  }
  return { ...kept, head: { sequence, hash: newest.hash, at, keyId }, newest: newest.entry }
}

function headOf(published: Published): Head | undefined {
  const { sequence, head, at } = published ?? {}
  if (!sequence || head === undefined || at === undefined) return undefined
  return { sequence, hash: head, at: timeOf(Date.parse(at)) }
}

/** The published hash stands for its line; any other one needs a good signature. */
function soundLine(text: string, head: Head | undefined, keys: Keys): Line | undefined {
  const line = parseLine(text)
  if (typeof line === 'string') return undefined
  if (line.hash === head?.hash) return line
  const key = keys.get(line.entry.keyId)
  const isSigned = key && verifySignature(null, Buffer.from(line.signed), key, line.signature)
  return isSigned ? line : undefined
}

/** Going back from `end`, each line is proven by the hash in the one after it: no more has to be looked at. */
function startOfChain(stored: readonly string[], end: number, newest: Line): number {
  let start = end
  let previous: string | undefined = newest.entry.previous
  for (let before = end - 1; before >= 0; before--) {
    const text = stored[before] ?? ''
    if (hashOf(text) !== previous) break
    previous = /"previous":"([0-9a-f]{64})"/.exec(text)?.[1]
    start = before
  }
  return start
}

/** What verification has to know of the ledger; undefined: it could not be read. */
export function knownFrom(
  ledger: Pick<KeptLedger, 'newest'> | undefined,
  { status }: Tenant,
): Pick<Sighting, 'committed' | 'before'> {
  const newest = ledger?.newest
  const published = status?.residency?.verified === 'False' ? 'violated' : undefined
  return {
    committed: newest && commitmentIn(newest),
    before: published ?? newest?.verdict,
  }
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Places that come and go within this time make one entry. */
const SETTLED_AFTER = 10 * MINUTE
/** A day less the spread. */
const DAILY_AFTER = 20 * HOUR
const SPREAD = 4 * HOUR

export interface DueInput {
  tenant: Tenant
  verified: Verified
  now: Date
}

/**
 * Milliseconds until the ledger needs an entry; 0: now. At once when a violation begins or ends. Ten minutes after the
 * last entry when something else changed: the verdict, its reasons, or the places (numbers of pods do not count). Once
 * every 20 to 24 hours otherwise, for each tenant another time, so that they do not all write at once.
 */
export function dueIn(kept: KeptLedger, { tenant, verified, now }: DueInput): number {
  const { newest, head } = kept
  if (!head) return verified.verdict === 'unknown' ? SETTLED_AFTER : 0
  if (!newest) return 0
  const age = now.getTime() - Date.parse(newest.at)
  // The clock was set back: what is due cannot be said, and an entry says so.
  if (age < -HOUR) return 0
  if (violationChanged(newest, verified)) return 0
  const after = essence(newest) === essence(verified) ? dailyAfter(tenant) : SETTLED_AFTER
  return Math.max(after - age, 0)
}

function violationChanged(newest: Entry, { verdict }: Verified): boolean {
  return newest.verdict !== verdict && [newest.verdict, verdict].includes('violated')
}

/** What makes an entry worth writing. */
function essence({
  verdict,
  reasons,
  facts,
}: Pick<Entry, 'verdict' | 'reasons' | 'facts'>): string {
  const { pods, volumes, policies, ...rest } = facts
  const places = [...new Set([...Object.keys(pods), ...Object.keys(volumes)])].sort()
  const others = Object.entries({ ...rest, foreign: policies.foreign }).sort()
  return JSON.stringify([verdict, reasons, places, others])
}

function dailyAfter({ metadata }: Tenant): number {
  const part = hash('sha256', metadata.name, 'buffer').readUInt32BE() / 2 ** 32
  return DAILY_AFTER + Math.floor(part * SPREAD)
}

export interface NextInput extends DueInput {
  region: string
  signer: Signer
}

/** The ledger with one entry more, and the oldest ones gone that the bound leaves no room for. */
export function writeEntry(
  kept: KeptLedger,
  { tenant, verified, now, region, signer }: NextInput,
): { lines: string[]; head: Head } {
  const { verdict, reasons, facts } = verified
  const draft = {
    tenant: tenant.metadata.name,
    tenantUid: tenant.metadata.uid ?? '',
    region,
    country: kept.newest?.country ?? tenant.spec.country,
    at: timeOf(now.getTime()),
    verdict,
    facts,
    reasons,
    declares: kept.declares,
  }
  const { line, head } = appendEntry(draft, kept.head, signer)
  return { lines: bounded([...kept.lines, line]), head }
}

function bounded(lines: string[]): string[] {
  const newest = lines.slice(-ENTRIES_KEPT)
  let length = newest.reduce((sum, line) => sum + line.length + 1, 0)
  while (newest.length > 1 && length > CHARACTERS_KEPT) length -= (newest.shift()?.length ?? 0) + 1
  return newest
}
