import type { Rows, SnmpValue } from '../snmp/index.ts'
import { COLUMNS, type ColumnName, indexArcs, isColumnName } from './objects.ts'

/** One column: index of the row, dotted, to value; rows in the order of their indexes. */
export type Column = ReadonlyMap<string, SnmpValue>

export function column(rows: Rows, name: ColumnName): Column {
  const columns = sorted.get(rows) ?? sortIntoColumns(rows)
  sorted.set(rows, columns)
  return columns.get(name) ?? NONE
}

const NONE: Column = new Map()

// Rows never change once they are read, and are asked for some forty columns.
const sorted = new WeakMap<Rows, ReadonlyMap<ColumnName, Column>>()

const NAMES = new Map<string, ColumnName>(
  Object.keys(COLUMNS)
    .filter(isColumnName)
    .map(name => [COLUMNS[name], name]),
)
const MOST_ARCS = 4

function sortIntoColumns(rows: Rows): ReadonlyMap<ColumnName, Column> {
  const found = new Map<ColumnName, [string, SnmpValue][]>()
  for (const [oid, value] of rows) {
    const at = placeOf(oid)
    if (!at) continue
    const entries = found.get(at.name) ?? []
    found.set(at.name, entries)
    entries.push([at.index, value])
  }
  return new Map(Array.from(found, ([name, entries]) => [name, inOrder(entries)]))
}

function inOrder(entries: [string, SnmpValue][]): Column {
  return new Map(entries.sort(([a], [b]) => compareIndexes(a, b)))
}

/** The column whose row this is: its index has as many arcs as that column's must have. */
function placeOf(oid: string): { name: ColumnName; index: string } | undefined {
  let dot = oid.length
  for (let arcs = 1; arcs <= MOST_ARCS; arcs++) {
    dot = oid.lastIndexOf('.', dot - 1)
    const name = NAMES.get(oid.slice(0, Math.max(dot, 0)))
    if (name && indexArcs(name) === arcs) return { name, index: oid.slice(dot + 1) }
  }
  return undefined
}

/** Arc by arc, as numbers. */
export function compareIndexes(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (const [at, arc] of left.entries()) {
    const difference = Number(arc) - Number(right[at] ?? -1)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Indexes of all rows that any of the columns has, in order. */
export function indexesOf(columns: readonly Column[]): string[] {
  const all = new Set(columns.flatMap(each => [...each.keys()]))
  return [...all].sort(compareIndexes)
}

/** Undefined when it is no whole number that JavaScript holds exactly. */
export function wholeNumber(value: SnmpValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

/** A count: undefined when it is none, or negative (-2 is "unknown" everywhere in RFC 3805). */
export function count(value: SnmpValue | undefined): number | undefined {
  const number = wholeNumber(value)
  return number !== undefined && number >= 0 ? number : undefined
}

/** The name of an enumerated value. Undefined for one that the table does not know. */
export function named<N extends string>(
  names: Readonly<Record<number, N>>,
  value: SnmpValue | undefined,
): N | undefined {
  const number = wholeNumber(value)
  return number === undefined ? undefined : names[number]
}

/** The same object without the properties that are undefined: unknown is absent. */
export function known<T extends object>(properties: { [K in keyof T]: T[K] | undefined }): T
export function known(properties: object): object {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined))
}
