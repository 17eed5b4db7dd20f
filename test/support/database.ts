import { randomUUID } from 'node:crypto'
import { connect, migrate, type Sql } from '@platen/database'
import { inject } from 'vitest'

/** A migrated database of the test's own. */
export interface TestDatabase extends AsyncDisposable {
  url: string
  sql: Sql
}

/** Makes an empty, migrated database on the run's PostgreSQL; disposing of it drops it. */
export async function freshDatabase(): Promise<TestDatabase> {
  const database = await emptyDatabase()
  await migrate(database.url)
  return database
}

/** The same, without any table. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const admin = connect(inject('postgresqlUrl'), { max: 1 })
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await admin.unsafe(`create database ${name}`)
  const target = new URL(inject('postgresqlUrl'))
  target.pathname = `/${name}`
  const sql = connect(target.href)
  return {
    url: target.href,
    sql,
    async [Symbol.asyncDispose]() {
      await sql.end()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
