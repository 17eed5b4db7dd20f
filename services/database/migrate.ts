import { fileURLToPath } from 'node:url'
import pg from 'pg'
import Postgrator from 'postgrator'
import { connect, type Transaction } from './connect.ts'
import { ChangedMigrationError } from './errors.ts'
import { requireCompatible } from './schema-version.ts'

/** Any number will do, as long as every process of Platen uses the same. */
const MIGRATION_LOCK = 0x706c61

const MIGRATIONS = fileURLToPath(new URL('migrations', import.meta.url))

/**
 * Brings the schema of the database at `url` to the newest version, forward only. A newer schema stays as it is when it
 * can be used. Each migration is a transaction of its own, so that an interrupted run leaves whole versions and the next
 * run goes on; any number of processes may run it at once.
 *
 * @returns the schema's version
 * @throws NewerDatabaseError, ChangedMigrationError
 */
export async function migrate(url: string, directory: string = MIGRATIONS): Promise<number> {
  const sql = connect(url, { name: 'platen migrate', max: 1 })
  try {
    for (;;) {
      const { version, isNewest } = await sql.begin(tx => migrateOne(tx, directory))
      if (isNewest) return version
    }
  } finally {
    await sql.end()
  }
}

/** One version forward; nothing if there is none. */
async function migrateOne(tx: Transaction, directory: string) {
  await tx`select pg_advisory_xact_lock(${MIGRATION_LOCK})`
  const postgrator = new Postgrator({
    driver: 'pg',
    schemaTable: 'schema_version',
    migrationPattern: `${directory}/*.do.*.sql`,
    newline: 'LF',
    validateChecksums: false, // done below, with an error that can be told from others
    execQuery: async query => ({ rows: await tx.unsafe(query) }),
  })
  const target = await postgrator.getMaxVersion()
  const version = await postgrator.getDatabaseVersion()
  if (version > target) await requireCompatible(tx, { found: version, wanted: target })
  await refuseChanges(postgrator, version)
  if (version >= target) return { version, isNewest: true }
  await postgrator.migrate(String(version + 1))
  return { version: version + 1, isNewest: version + 1 === target }
}

async function refuseChanges(postgrator: Postgrator, version: number): Promise<void> {
  try {
    await postgrator.validateMigrations(version)
  } catch (cause) {
    if (cause instanceof pg.DatabaseError) throw cause
    throw new ChangedMigrationError(
      'cannot migrate the database: a migration it has gone through was changed afterwards; restore the file and add a new one',
      { cause },
    )
  }
}
