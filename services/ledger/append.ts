import { type KeyObject, sign } from 'node:crypto'
import { canonical } from './canonical.ts'
import { type Declaration, type Entry, NOTHING_BEFORE } from './entry.ts'
import { hashOf, writeLine } from './line.ts'

/** What is said; the rest of an entry follows from the one before. */
export type Draft = Omit<Entry, 'version' | 'sequence' | 'previous' | 'keyId'>

/** The newest entry of a ledger, as it is published. */
export interface Head {
  sequence: number
  /** Of its line. */
  hash: string
  at: string
  /** Absent where only the published head is left. */
  keyId?: string
}

export interface Signer {
  keyId: string
  /** Ed25519. */
  privateKey: KeyObject
}

/**
 * The next line of a ledger whose newest entry is `after`; undefined: its first. What can be declared from these is
 * added to the draft's declarations. Throws a `TypeError` where the draft holds what no entry may (`canonical`).
 */
export function appendEntry(
  draft: Draft,
  after: Head | undefined,
  signer: Signer,
): { line: string; head: Head } {
  const sequence = (after?.sequence ?? 0) + 1
  const entry: Entry = {
    ...draft,
    version: 1,
    sequence,
    declares: [...declarations(draft, after, signer), ...draft.declares],
    previous: after?.hash ?? NOTHING_BEFORE,
    keyId: signer.keyId,
  }
  const signed = canonical(entry)
  const line = writeLine(signed, sign(null, Buffer.from(signed), signer.privateKey))
  return { line, head: { sequence, hash: hashOf(line), at: draft.at, keyId: signer.keyId } }
}

function declarations(draft: Draft, after: Head | undefined, signer: Signer): Declaration[] {
  if (!after) return [{ kind: 'start' }]
  const declared: Declaration[] = []
  if (after.keyId !== undefined && after.keyId !== signer.keyId) {
    declared.push({ kind: 'key', from: after.keyId })
  }
  if (draft.at < after.at) declared.push({ kind: 'clock', from: after.at })
  return declared
}
