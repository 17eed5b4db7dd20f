import { canonical } from './canonical.ts'
import { FORMAT } from './entry.ts'
import { type Keys, keyOf, keyText } from './keys.ts'

/** An exported ledger: a header that carries its public keys, then an entry a line. */
export interface LedgerFile {
  /** Empty where there is no header. Whoever made the file chose them: see docs/residency.md. */
  keys: Keys
  lines: string[]
  /** The number of the first entry's line. */
  firstLine: number
}

export function writeLedgerFile(lines: readonly string[], keys: Keys): string {
  const texts = Object.fromEntries([...keys].map(([id, key]) => [id, keyText(key)]))
  return `${[canonical({ format: FORMAT, keys: texts, version: 1 }), ...lines].join('\n')}\n`
}

/** Throws an `Error` where the header is wrong; the entries are left to `verifyLedger`. */
export function readLedgerFile(content: Uint8Array): LedgerFile {
  // One character a byte: a byte beyond ASCII stays what it is, and is found.
  const lines = Buffer.from(content).toString('latin1').split('\n')
  if (lines.at(-1) === '') lines.pop()
  const [header] = lines
  if (header === undefined || header.startsWith('{"entry":')) {
    return { keys: new Map(), lines, firstLine: 1 }
  }
  return { keys: readHeader(header), lines: lines.slice(1), firstLine: 2 }
}

function readHeader(header: string): Keys {
  const value = parse(header)
  if (value?.format !== FORMAT || value.version !== 1 || canonicalOf(value) !== header) {
    throw new Error('cannot read the ledger: its first line is no header; it was changed or cut')
  }
  return new Map(Object.entries(value.keys ?? {}).map(([id, text]) => [id, keyOf(id, text)]))
}

interface Header {
  format: string
  version: number
  keys?: { [id: string]: string }
}

function parse(text: string): Header | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function canonicalOf({ format, version, keys = {} }: Header): string | undefined {
  try {
    return canonical({ format, version, keys })
  } catch {
    return undefined
  }
}
