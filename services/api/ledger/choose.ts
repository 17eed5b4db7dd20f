import { createPublicKey } from 'node:crypto'
import type { LedgerAddition, LedgerEntry, LedgerKey, StoredLedger } from '@platen/database'
import { type FindingKind, type Keys, parseKeys, parseLine, verifyLedger } from '@platen/ledger'

export interface Choice extends LedgerAddition {
  /** Why the first entry that is not among them was refused. */
  refused?: FindingKind
  /** Entries before one of them were never seen. They are lost: whoever verifies the ledger is told so. */
  hasGap: boolean
}

/**
 * Findings that keep an entry out of the ledger: it is not what the region signed, or not what follows. A gap keeps
 * nothing out: what is missing does not come back, and to refuse what comes after it would lose that too.
 */
const REFUSED: ReadonlySet<FindingKind> = new Set([
  'malformed',
  'foreign',
  'unknown-key',
  'wrong-signature',
  'forked',
  'reordered',
  'broken-chain',
])

/**
 * What of `lines` is to be written down after what is stored: all up to the first one that must be refused. What comes
 * after that one may be right, but waits for the one that belongs before it.
 */
export function chooseEntries(
  lines: readonly string[],
  given: Keys,
  { hashes, last, keys: stored }: StoredLedger,
): Choice {
  const fresh = [...new Set(lines)].filter(line => !hashes.has(hashOfLine(line)))
  const keys = new Map([...given, ...stored.map(({ id, publicKey }) => pair(id, publicKey))])
  // The stored line has the number 0; its own key was accepted when it came.
  const chain = last === undefined ? fresh : [last, ...fresh]
  const { findings } = verifyLedger(chain, keys, { firstLine: last === undefined ? 1 : 0 })
  const refused = findings.find(({ kind, line }) => line > 0 && REFUSED.has(kind))
  const entries = fresh.slice(0, refused ? refused.line - 1 : undefined).flatMap(entryOf)
  const newKeys = new Set(entries.map(({ keyId }) => keyId))
  for (const { id } of stored) newKeys.delete(id)
  return {
    entries,
    keys: [...newKeys].flatMap(id => keyOf(id, keys)),
    ...(refused && { refused: refused.kind }),
    hasGap: findings.some(({ kind, line }) => kind === 'missing' && line <= entries.length),
  }
}

/** Hashes of the lines that are entries; whether they may be written down is not looked at. */
export function hashesOf(lines: readonly string[]): string[] {
  return lines.map(hashOfLine).filter(hash => hash !== '')
}

function hashOfLine(text: string): string {
  const line = parseLine(text)
  return typeof line === 'string' ? '' : line.hash
}

function entryOf(text: string): LedgerEntry[] {
  const line = parseLine(text)
  if (typeof line === 'string') return []
  const { sequence, at, verdict, previous, keyId } = line.entry
  return [{ sequence, at, verdict, previous, keyId, hash: line.hash, line: text }]
}

function pair(id: string, publicKey: string) {
  return [id, createPublicKey(publicKey)] as const
}

function keyOf(id: string, keys: Keys): LedgerKey[] {
  const key = keys.get(id)
  return key ? [{ id, publicKey: key.export({ type: 'spki', format: 'pem' }).toString() }] : []
}

/** Undefined: they cannot be read. */
export function readKeys(json: string): Keys | undefined {
  try {
    return parseKeys(json)
  } catch {
    return undefined
  }
}
