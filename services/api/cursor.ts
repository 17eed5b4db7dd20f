import type { KeyColumn } from '@platen/database'
import { badInput } from './errors.ts'

/** A list's order under the name by which its cursors are known. */
export interface NamedOrder {
  name: string
  columns: readonly KeyColumn[]
  descending?: boolean
}

const FORMS: Record<KeyColumn['type'], RegExp> = {
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  timestamptz: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/,
  int8: /^\d{1,18}$/,
  text: /^[^\0]{0,1000}$/, // NUL is the one character that PostgreSQL's text can't hold
}

/** The opaque text of a position in a list. */
export function encodeCursor(order: NamedOrder, key: readonly string[]): string {
  return Buffer.from(JSON.stringify([order.name, ...key])).toString('base64url')
}

/** The position that `cursor` stands for. Throws badInput for anything that this list's cursors can't be. */
export function decodeCursor(order: NamedOrder, cursor: string): string[] {
  const [name, ...key] = parse(cursor)
  const isOurs =
    name === order.name &&
    key.length === order.columns.length &&
    order.columns.every(({ type }, i) => isKey(type, key[i]))
  if (!isOurs) {
    throw badInput(
      `cannot go on from the cursor "${cursor.slice(0, 100)}": it is not one of this list in this order; give a cursor as this list returned it`,
    )
  }
  return key.map(String)
}

function isKey(type: KeyColumn['type'], value: unknown): boolean {
  if (typeof value !== 'string' || !FORMS[type].test(value)) return false
  return type !== 'timestamptz' || !Number.isNaN(Date.parse(value))
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
