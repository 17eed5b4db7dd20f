import { encode, oidBody, parseOid, TAG, type Value } from './ber.ts'

/** What an agent knows: dotted object identifier and value. A later row of the same identifier replaces the earlier. */
export type Row = readonly [oid: string, value: Value]

/** One row, ready to be sent. */
export interface Entry {
  key: string
  tag: number
  /** The encoded variable binding (identifier and value). */
  binding: Buffer
}

/** What an agent can be asked; the order is that of object identifiers (RFC 3416 section 4.2.2). */
export interface Table {
  get(key: string): Entry | undefined
  /** The first row behind `key`, which need not be in the table. */
  after(key: string): Entry | undefined
}

/** UTF-16 units that one arc takes in a key. */
export const ARC_UNITS = 2

/**
 * A string that sorts as object identifiers do: two UTF-16 units for each arc, so that comparing strings compares
 * arcs, and a prefix of the identifier is a prefix of the key.
 */
export function keyOf(arcs: readonly number[]): string {
  let key = ''
  for (const arc of arcs) key += String.fromCharCode(arc >>> 16, arc & 0xffff)
  return key
}

/** A row as it is sent. */
export function entryOf([oid, value]: Row): Entry {
  const { key, encoded } = nameOf(oid)
  const binding = encode(TAG.sequence, encoded, encode(value.tag, value.body))
  return { key, tag: value.tag, binding }
}

interface Name {
  key: string
  encoded: Buffer
}

/** Most names are those of many devices, and reading them is most of the work of making a table. */
const names = new Map<string, Name>()
const MOST_NAMES = 50_000

function nameOf(oid: string): Name {
  const known = names.get(oid)
  if (known) return known
  const arcs = parseOid(oid)
  const name = { key: keyOf(arcs), encoded: encode(TAG.oid, oidBody(arcs)) }
  if (names.size >= MOST_NAMES) names.clear()
  names.set(oid, name)
  return name
}

/** A table of rows in any order. */
export function makeTable(rows: Iterable<Row>): Table {
  const byKey = new Map<string, Entry>()
  for (const row of rows) {
    const entry = entryOf(row)
    byKey.set(entry.key, entry)
  }
  const entries = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  return {
    get: key => byKey.get(key),
    after: key => entries[firstAfter(entries, key)],
  }
}

function firstAfter(entries: readonly Entry[], key: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.key ?? '') > key) high = middle
    else low = middle + 1
  }
  return low
}
