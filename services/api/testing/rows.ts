import type { Sql } from '@platen/database'

/** Inserts a row given by its columns' names; what is left out gets its default. Returns its id, if it has one. */
export async function insert(
  sql: Sql,
  table: string,
  row: Record<string, unknown>,
): Promise<string> {
  const columns = Object.keys(row)
    .map(name => sql(name))
    .reduce((left, right) => sql`${left}, ${right}`)
  const [stored] = await sql<{ id: string }[]>`
    insert into ${sql(table)} as stored (${columns})
    select ${columns} from jsonb_populate_record(null::${sql(table)}, ${JSON.stringify(row)}::jsonb)
    returning to_jsonb(stored) ->> 'id' as id`
  return stored?.id ?? ''
}

/** A site and its monitor, which is called the same in lower case, and what adds devices there. */
export async function addSite(sql: Sql, name: string) {
  const site = await insert(sql, 'site', { name })
  const monitor = await insert(sql, 'monitor', { name: name.toLowerCase(), site_id: site })
  const addDevice = (columns: Record<string, unknown> = {}) =>
    insert(sql, 'device', {
      site_id: site,
      monitor_id: monitor,
      first_seen_at: '2026-01-01T00:00:00Z',
      last_seen_at: '2026-11-01T00:00:00Z',
      ...columns,
    })
  return { site, monitor, addDevice }
}
