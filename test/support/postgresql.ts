import { join } from 'node:path'
import { connect, grantPrivileges, migrate } from '@platen/database'
import { startPostgresql } from '@platen/local'
import type { TestDatabase } from './database.ts'
import { temporaryDirectory } from './directory.ts'
import { makeRoles, roleAccess } from './roles.ts'

/** A PostgreSQL with nothing on it: no database, no roles. `url` is its superuser's. */
export async function startBarePostgresql(): Promise<{ url: string } & AsyncDisposable> {
  const directory = temporaryDirectory()
  const server = await startPostgresql({ directory: join(directory.path, 'postgresql') })
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.stop()
      directory[Symbol.dispose]()
    },
  }
}

/** A PostgreSQL that can be stopped, with a tenant's database on it. */
export async function startOwnPostgresql() {
  const directory = temporaryDirectory()
  const start = () => startPostgresql({ directory: join(directory.path, 'postgresql') })
  let server = await start()
  await migrate(server.url)
  const sql = connect(server.url)
  await makeRoles(sql)
  await grantPrivileges(sql)
  const { endRoles, ...access } = roleAccess(server.url)
  const end = async () => {
    await endRoles()
    await sql.end()
  }
  const database: TestDatabase = {
    url: server.url,
    sql,
    ...access,
    [Symbol.asyncDispose]: end,
  }
  return {
    database,
    stop: () => server.stop(),
    async start() {
      server = await start()
    },
    async [Symbol.asyncDispose]() {
      await end()
      await server.stop()
      directory[Symbol.dispose]()
    },
  }
}
