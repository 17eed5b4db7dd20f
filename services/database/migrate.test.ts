import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { emptyDatabase } from '../../test/support/database.ts'
import { temporaryDirectory } from '../../test/support/directory.ts'
import type { Sql } from './connect.ts'
import { ChangedMigrationError, NewerDatabaseError } from './errors.ts'
import { migrate } from './migrate.ts'
import { requireSchema } from './schema-version.ts'

const SHIPPED = fileURLToPath(new URL('migrations', import.meta.url))
const files = (await readdir(SHIPPED)).sort()
const newest = files.length

/** A directory with the first `count` migrations, to which a test may add. */
async function someMigrations(count: number) {
  const directory = temporaryDirectory()
  for (const file of files.slice(0, count)) {
    await cp(join(SHIPPED, file), join(directory.path, file))
  }
  return directory
}

/** Every column of every table, as text: what a migration makes. */
async function schemaOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select table_name || '.' || column_name || ' ' || data_type as line
    from information_schema.columns where table_schema = 'public' order by 1`
  return rows.map(row => row.line)
}

it('numbers migrations without gaps, so that the next is always one more', () => {
  expect(files.map(file => Number.parseInt(file, 10))).toEqual(files.map((_, index) => index + 1))
})

it('makes the schema from nothing, and finds nothing to do the second time', async () => {
  await using database = await emptyDatabase()

  expect(await migrate(database.url)).toBe(newest)
  expect(await migrate(database.url)).toBe(newest)

  expect(await schemaOf(database.sql)).toContain('device.id uuid')
})

it('lets no caller of a function with the rights of its owner say which tables it finds', async () => {
  await using database = await emptyDatabase()
  await migrate(database.url)

  const functions = await database.sql<{ name: string; settings: string[] | null }[]>`
    select proname as name, proconfig as settings from pg_proc
    where prosecdef and pronamespace = 'public'::regnamespace order by 1`
  expect(functions.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['enrol', 'make_partition']),
  )
  for (const { name, settings } of functions)
    expect(settings, name).toEqual(['search_path=public, pg_temp'])
})

it.each(files.map((_, version) => version))(
  'brings version %i to the newest, with the same schema as from nothing',
  async version => {
    await using earlier = await emptyDatabase()
    await using fresh = await emptyDatabase()
    using directory = await someMigrations(version)
    if (version > 0) await migrate(earlier.url, directory.path)

    await migrate(earlier.url)
    await migrate(fresh.url)

    expect(await schemaOf(earlier.sql)).toEqual(await schemaOf(fresh.sql))
  },
)

it('lets several processes migrate at once: the lock makes one do it and the others see it done', async () => {
  await using database = await emptyDatabase()

  const versions = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)))

  expect(versions).toEqual([newest, newest, newest, newest])
})

describe('with a database that a newer Platen has migrated', () => {
  /** After migrations that the code at hand, which knows the shipped ones only, has never heard of. */
  async function reverted(...migrations: string[]) {
    const database = await emptyDatabase()
    using directory = await someMigrations(newest)
    for (const [index, text] of migrations.entries()) {
      const number = String(newest + 1 + index).padStart(3, '0')
      await writeFile(join(directory.path, `${number}.do.next.sql`), text)
    }
    await migrate(database.url, directory.path)
    return database
  }

  const adds = 'create table tomorrow (id int);'
  const breaks = (version: number) =>
    `alter table site rename to place; update schema_compatibility set oldest = ${version};`

  it('goes on, when that has only added: whoever takes a version back keeps the data', async () => {
    await using database = await reverted(adds, 'alter table tomorrow add column name text;')
    const before = await schemaOf(database.sql)
    expect(await migrate(database.url)).toBe(newest + 2)
    await requireSchema(database.sql)
    expect(await schemaOf(database.sql)).toEqual(before)
  })

  it('refuses it, when that says so, and leaves it alone', async () => {
    await using database = await reverted(adds, breaks(newest + 2))
    const before = await schemaOf(database.sql)
    await expect(migrate(database.url)).rejects.toThrow(NewerDatabaseError)
    await expect(requireSchema(database.sql)).rejects.toThrow(
      `cannot use the database: its version ${newest + 2} needs a Platen that knows version ${newest + 2}, this one knows ${newest}; run a newer Platen, or restore a backup from before`,
    )
    expect(await schemaOf(database.sql)).toEqual(before)
  })

  it('goes on, when what broke with older code was one that it knows', async () => {
    await using database = await reverted(
      `${adds} update schema_compatibility set oldest = ${newest};`,
    )
    expect(await migrate(database.url)).toBe(newest + 1)
    await requireSchema(database.sql)
  })
})

it('refuses a migration that was changed after it ran', async () => {
  await using database = await emptyDatabase()
  using directory = await someMigrations(newest)
  await migrate(database.url, directory.path)
  await writeFile(join(directory.path, files[0] ?? ''), 'create table other (id int);')

  await expect(migrate(database.url, directory.path)).rejects.toThrow(ChangedMigrationError)
})

it('goes on after an interruption: what a killed migration began is undone, what was done before it stays', async () => {
  await using database = await emptyDatabase()
  using directory = await someMigrations(newest)
  const next = join(directory.path, `${String(newest + 1).padStart(3, '0')}.do.next.sql`)
  const begun = 'create table half_made (id int);'
  await writeFile(next, `${begun} select pg_terminate_backend(pg_backend_pid());`)

  await expect(migrate(database.url, directory.path)).rejects.toThrow()
  expect(await migrate(database.url)).toBe(newest)

  await writeFile(next, begun)
  expect(await migrate(database.url, directory.path)).toBe(newest + 1)
  expect(await schemaOf(database.sql)).toContain('half_made.id integer')
})
