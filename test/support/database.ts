import { randomUUID } from 'node:crypto'
import { connect, grantPrivileges, migrate, type Role, type Sql } from '@platen/database'
import { inject } from 'vitest'
import { roleAccess } from './roles.ts'

/** A migrated database of the test's own. */
export interface TestDatabase extends AsyncDisposable {
  url: string
  /** Of a superuser. */
  sql: Sql
  /** What a process of the tenant gets: no more privileges than the operator gives it. */
  urlAs(role: Role): string
  /** Connections as such a process has them. */
  as(role: Role): Sql
}

/** Makes an empty, migrated database on the run's PostgreSQL; disposing of it drops it. */
export async function freshDatabase(): Promise<TestDatabase> {
  const database = await emptyDatabase()
  await migrate(database.url)
  await grantPrivileges(database.sql)
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
  const { endRoles, ...access } = roleAccess(target.href)
  return {
    url: target.href,
    sql,
    ...access,
    async [Symbol.asyncDispose]() {
      await endRoles()
      await sql.end()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
