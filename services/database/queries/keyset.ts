import type { Query, Sql } from '../connect.ts'

/** A piece of SQL to be put into a query. */
export type Fragment = Query

/** One expression of a list's order, and its SQL type. The last column of an order makes it total. */
export interface KeyColumn {
  by: string
  type: 'uuid' | 'text' | 'timestamptz' | 'int8'
}

/** An order in which a list can be paged: all columns in the same direction. */
export interface KeysetOrder {
  columns: readonly KeyColumn[]
  descending?: boolean
}

/**
 * One page. `after` and `before` are keys (the `key` of a row that was read earlier) and are excluded themselves.
 * `backward` reads the last `limit` rows instead of the first ones; they then come last row first.
 */
export interface KeysetPage {
  limit: number
  after?: readonly string[] | undefined
  before?: readonly string[] | undefined
  backward?: boolean
}

/** What every row of a paged list carries: the texts of its order's columns. */
export interface Keyed {
  key: string[]
}

/**
 * The fragments of a keyset page: `key` for the select list, `within` for the where clause, `order` and `limit` for
 * the end. A row comparison, `(a, b) > ($1, $2)`, is what lets PostgreSQL start reading inside an index on (a, b).
 */
export function keyset(sql: Sql, { columns, descending = false }: KeysetOrder, page: KeysetPage) {
  const list = columns.map(column => column.by).join(', ')
  const direction = descending !== Boolean(page.backward) ? 'desc' : 'asc'
  const beyond = (key: readonly string[] | undefined, operator: '<' | '>') =>
    key
      ? sql`(${sql.unsafe(list)}) ${sql.unsafe(operator)} (${values(sql, columns, key)})`
      : sql`true`
  return {
    key: sql`array[${sql.unsafe(columns.map(column => `${column.by}::text`).join(', '))}] as key`,
    within: sql`${beyond(page.after, descending ? '<' : '>')}
      and ${beyond(page.before, descending ? '>' : '<')}`,
    order: sql.unsafe(columns.map(column => `${column.by} ${direction}`).join(', ')),
    limit: sql`${page.limit}::int`,
  }
}

/** Each value travels as text: a JavaScript Date would cut the database's microseconds. */
function values(sql: Sql, columns: readonly KeyColumn[], key: readonly string[]): Fragment {
  return columns
    .map((column, i) => sql`${key[i] ?? ''}::text::${sql.unsafe(column.type)}`)
    .reduce((left, right) => sql`${left}, ${right}`)
}

/** Conditions joined by `and`; those that do not apply are left out. */
export function all(sql: Sql, conditions: (Fragment | false | undefined)[]): Fragment {
  return conditions
    .filter(condition => condition !== undefined && condition !== false)
    .reduce((left, right) => sql`${left} and ${right}`, sql`true`)
}
