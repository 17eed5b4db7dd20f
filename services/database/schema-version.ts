import { readdir } from 'node:fs/promises'
import type { Sql } from './connect.ts'

/** Throws, with what to do, unless the schema in the database is the one that this Platen's code is written for. */
export async function requireSchema(sql: Sql): Promise<void> {
  const found = await foundVersion(sql)
  const wanted = await wantedVersion()
  if (found === wanted) return
  const instead =
    found > wanted
      ? 'run the newer Platen'
      : 'migrate it first: node services/database/main.ts migrate'
  throw new Error(
    `cannot use the database: its version is ${found}, this Platen's is ${wanted}; ${instead}`,
  )
}

async function wantedVersion(): Promise<number> {
  const files = await readdir(new URL('migrations', import.meta.url))
  return Math.max(0, ...files.map(file => Number.parseInt(file, 10) || 0))
}

/** 0: there is no schema yet. */
async function foundVersion(sql: Sql): Promise<number> {
  const [table] = await sql<{ exists: boolean }[]>`
    select to_regclass('schema_version') is not null as exists`
  if (!table?.exists) return 0
  const [row] = await sql<{ version: number | null }[]>`
    select max(version)::int as version from schema_version`
  return row?.version ?? 0
}
