import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BerError, oid, TAG, unsigned, type Value } from './ber.ts'
import { makeTable, type Row, type Table } from './table.ts'

/** One recorded device. */
export interface Recording {
  /** Folder of the recording. */
  directory: string
  rows: Row[]
  table: Table
}

/** File name of a recording. */
const FILE = 'walk.snmprec'

/**
 * Loads every `walk.snmprec` below `directory`, sorted by folder. All or nothing: an unreadable directory, one without
 * a recording, or one wrong line is an Error of one sentence.
 */
export async function loadRecordings(directory: string): Promise<Recording[]> {
  const folders = (await foldersOf(directory)).sort()
  if (folders.length === 0) {
    throw new Error(
      `cannot use ${directory}: no ${FILE} is below it; name a directory of recordings`,
    )
  }
  return Promise.all(folders.map(loadRecording))
}

async function foldersOf(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    return entries
      .filter(entry => entry.name === FILE && !entry.isDirectory())
      .map(entry => entry.parentPath)
  } catch (error) {
    throw new Error(`cannot read ${directory}: ${reason(error)}; name a directory of recordings`, {
      cause: error,
    })
  }
}

async function loadRecording(directory: string): Promise<Recording> {
  const file = join(directory, FILE)
  try {
    // One byte is one character: what is not ASCII in a value is kept as it was recorded.
    const rows = parseRecording(await readFile(file, 'latin1'))
    return { directory, rows, table: makeTable(rows) }
  } catch (error) {
    throw new Error(`cannot read ${file}: ${reason(error)}`, { cause: error })
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'it does not exist'
  if (code === 'ENOTDIR') return 'it is no directory'
  if (code === 'EACCES') return 'permission is missing'
  return error instanceof Error ? error.message : String(error)
}

/**
 * Reads the .snmprec format of snmpsim: one `OID|TAG|VALUE` a line, the tag in decimal, followed by `x` when the value
 * is in hex; `#` begins a comment line. `content` holds one character for each byte. Throws an Error that names the line.
 */
export function parseRecording(content: string): Row[] {
  const rows: Row[] = []
  for (const [at, line] of content.split(/\r?\n/).entries()) {
    if (line === '' || line.startsWith('#')) continue
    rows.push(parseLine(line, at + 1))
  }
  if (rows.length === 0) throw new Error('it holds no row; record the device again')
  return rows
}

function parseLine(line: string, number: number): Row {
  const [name = '', type, ...rest] = line.split('|')
  if (!type) {
    throw new Error(`line ${number} has no type; each line must be OID|TYPE|VALUE`)
  }
  if (rest.length === 0) {
    throw new Error(`line ${number} has no value; each line must be OID|TYPE|VALUE`)
  }
  try {
    oid(name)
    return [name, parseValue(type, rest.join('|'))]
  } catch (error) {
    if (!(error instanceof BerError)) throw error
    throw new Error(`line ${number} is wrong: ${error.message}; each line must be OID|TYPE|VALUE`, {
      cause: error,
    })
  }
}

function parseValue(type: string, value: string): Value {
  const parse = PARSERS.get(type)
  if (!parse)
    throw new BerError(`type ${quote(type)} is not one of ${[...PARSERS.keys()].join(', ')}`)
  return parse(value)
}

const PARSERS = new Map<string, (value: string) => Value>(
  Object.entries({
    '2': whole(TAG.integer, -(2n ** 31n), 2n ** 31n - 1n),
    '4': value => ({ tag: TAG.octetString, body: Buffer.from(value, 'latin1') }),
    '4x': value => ({ tag: TAG.octetString, body: hex(value) }),
    '5': () => ({ tag: TAG.null, body: Buffer.alloc(0) }),
    '6': oid,
    '64': value => address(Buffer.from(value.split('.').map(octet))),
    '64x': value => address(hex(value)),
    '65': whole(TAG.counter32, 0n, 2n ** 32n - 1n),
    '66': whole(TAG.gauge32, 0n, 2n ** 32n - 1n),
    '67': whole(TAG.timeTicks, 0n, 2n ** 32n - 1n),
    '68': value => ({ tag: TAG.opaque, body: Buffer.from(value, 'latin1') }),
    '68x': value => ({ tag: TAG.opaque, body: hex(value) }),
    '70': whole(TAG.counter64, 0n, 2n ** 64n - 1n),
  }),
)

function whole(tag: number, least: bigint, most: bigint): (value: string) => Value {
  return value => {
    if (!/^-?\d{1,20}$/.test(value)) throw new BerError(`${quote(value)} is no whole number`)
    const n = BigInt(value)
    if (n < least || n > most) throw new BerError(`${value} is not from ${least} to ${most}`)
    return unsigned(tag, n)
  }
}

function hex(value: string): Buffer {
  if (!/^([0-9a-f]{2})*$/i.test(value)) throw new BerError(`${quote(value)} is not hex`)
  return Buffer.from(value, 'hex')
}

function octet(value: string): number {
  if (!/^\d{1,3}$/.test(value) || Number(value) > 255) {
    throw new BerError(`${quote(value)} is no octet of an address`)
  }
  return Number(value)
}

function address(body: Buffer): Value {
  if (body.length !== 4) throw new BerError('an IPv4 address has four octets')
  return { tag: TAG.ipAddress, body }
}

/** A piece of a line, fit for a message: short and printable. */
function quote(piece: string): string {
  const cut = piece.length > 40 ? `${piece.slice(0, 40)}...` : piece
  return `"${cut.replace(/[^\x20-\x7e]/g, '?')}"`
}
