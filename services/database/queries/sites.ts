import type { Sql } from '../connect.ts'
import { type Keyed, type KeysetOrder, type KeysetPage, keyset } from './keyset.ts'

/** A place where devices stand. */
export interface SiteRow {
  id: string
  /** Its lasting name in the tenant's list; null: it was in none. */
  key: string | null
  name: string
  /** False: the tenant's list of sites does not name it any more. */
  listed: boolean
  createdAt: Date
}

/** By name; two may have the same. */
export const SITE_ORDER: KeysetOrder = {
  columns: [
    { by: 's.name', type: 'text' },
    { by: 's.id', type: 'uuid' },
  ],
}

const columns = (sql: Sql) => sql`s.id, s.key, s.name, s.listed, s.created_at as "createdAt"`

/** One page of all sites, by name. */
export async function listSites(sql: Sql, page: KeysetPage): Promise<(SiteRow & Keyed)[]> {
  const paged = keyset(sql, SITE_ORDER, page)
  return sql<(SiteRow & Keyed)[]>`
    select ${columns(sql)}, ${paged.key}
    from site s
    where ${paged.within}
    order by ${paged.order}
    limit ${paged.limit}`
}

/** The sites with these ids, in no order; unknown ids have no row. */
export async function sitesById(sql: Sql, ids: readonly string[]): Promise<SiteRow[]> {
  return sql<SiteRow[]>`select ${columns(sql)} from site s where s.id = any(${[...ids]}::uuid[])`
}

/** The site of that key; undefined: there is none. */
export async function siteByKey(sql: Sql, key: string): Promise<SiteRow | undefined> {
  const [row] = await sql<SiteRow[]>`select ${columns(sql)} from site s where s.key = ${key}`
  return row
}
