import { createHash } from 'node:crypto'
import { canonical, type Value } from './canonical.ts'
import { type Entry, wrongField } from './entry.ts'

/** Longer than any entry; a line from elsewhere may be of any length. */
const MAX_LENGTH = 64 * 1024

const LINE = /^\{"entry":(\{.*\}),"signature":"([A-Za-z0-9+/]{86}==)"\}$/

export interface Line {
  entry: Entry
  /** What is signed: the entry's canonical text. */
  signed: string
  signature: Buffer
  /** SHA-256 in hex of the whole line. */
  hash: string
}

/** A line of a ledger, or in a sentence why it is none. Signature and chain are not looked at. */
export function parseLine(text: string): Line | string {
  if (text.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`
  const [, signed, base64] = LINE.exec(text) ?? []
  if (signed === undefined || base64 === undefined) return 'it is no entry with a signature'
  const signature = Buffer.from(base64, 'base64')
  // The last digit of base64 has bits that mean nothing: only one writing of a signature is right.
  if (signature.toString('base64') !== base64) return 'its signature is not written as base64'
  const value = parse(signed)
  if (value === undefined) return 'its entry is not in canonical form'
  const field = wrongField(value)
  if (field !== undefined) return `"${field}" of its entry is not as it must be`
  return { entry: value as Entry, signed, signature, hash: hashOf(text) }
}

/** Undefined where the text is not the one canonical text of a value. */
function parse(text: string): Value | undefined {
  try {
    const value: Value = JSON.parse(text)
    return canonical(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

export function writeLine(signed: string, signature: Buffer): string {
  return `{"entry":${signed},"signature":"${signature.toString('base64')}"}`
}

export function hashOf(line: string): string {
  return createHash('sha256').update(line, 'latin1').digest('hex')
}
