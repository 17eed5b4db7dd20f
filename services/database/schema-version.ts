import { readdir } from 'node:fs/promises'
import type { Sql } from './connect.ts'

/** The schema's version in the database (0: none yet), and the one that this Platen's code is written for. */
export async function schemaVersion(sql: Sql): Promise<{ found: number; wanted: number }> {
  const files = await readdir(new URL('migrations', import.meta.url))
  const wanted = Math.max(0, ...files.map(file => Number.parseInt(file, 10) || 0))
  const [table] = await sql<{ exists: boolean }[]>`
    select to_regclass('schema_version') is not null as exists`
  if (!table?.exists) return { found: 0, wanted }
  const [row] = await sql<{ version: number | null }[]>`
    select max(version)::int as version from schema_version`
  return { found: row?.version ?? 0, wanted }
}
