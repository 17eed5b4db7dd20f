import { readdir } from 'node:fs/promises'
import type { Sql, Transaction } from './connect.ts'
import { NewerDatabaseError } from './errors.ts'

/**
 * Throws, with what to do, unless this Platen's code can use the schema in the database: its own, or a newer one that
 * says so.
 */
export async function requireSchema(sql: Sql): Promise<void> {
  const found = await foundVersion(sql)
  const wanted = await wantedVersion()
  if (found > wanted) return await requireCompatible(sql, { found, wanted })
  if (found === wanted) return
  throw new Error(
    `cannot use the database: its version is ${found}, this Platen's is ${wanted}; migrate it first: node services/database/main.ts migrate`,
  )
}

/** `found`: the schema's version, newer than `wanted`, the newest that the code knows. */
export async function requireCompatible(
  sql: Sql | Transaction,
  { found, wanted }: { found: number; wanted: number },
): Promise<void> {
  const [row] = await sql<{ oldest: number }[]>`select oldest from schema_compatibility`
  const oldest = row?.oldest ?? found
  if (oldest <= wanted) return
  throw new NewerDatabaseError(
    `cannot use the database: its version ${found} needs a Platen that knows version ${oldest}, this one knows ${wanted}; run a newer Platen, or restore a backup from before`,
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
