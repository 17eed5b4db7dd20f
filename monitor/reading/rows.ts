import type { Rows, SnmpValue } from '../snmp/index.ts'
import { COLUMNS, type ColumnName, indexArcs } from './objects.ts'

/** One column: index of the row, dotted, to value; rows in the order of their indexes. */
export type Column = ReadonlyMap<string, SnmpValue>

// An arc is an unsigned number of 32 bits (RFC 2578 section 3.5).
const INDEX = /^\d{1,10}(?:\.\d{1,10})*$/

export function column(rows: Rows, name: ColumnName): Column {
  const start = `${COLUMNS[name]}.`
  const arcs = indexArcs(name)
  const found: [string, SnmpValue][] = []
  for (const [oid, value] of rows) {
    if (!oid.startsWith(start)) continue
    const index = oid.slice(start.length)
    if (INDEX.test(index) && index.split('.').length === arcs) found.push([index, value])
  }
  return new Map(found.sort(([a], [b]) => compareIndexes(a, b)))
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
