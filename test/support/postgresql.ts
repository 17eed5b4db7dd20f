import { join } from 'node:path'
import { connect, migrate } from '@platen/database'
import { startPostgresql } from '@platen/local'
import type { TestDatabase } from './database.ts'
import { temporaryDirectory } from './directory.ts'

/** A PostgreSQL that can be stopped, with a tenant's database on it. */
export async function startOwnPostgresql() {
  const directory = temporaryDirectory()
  const start = () => startPostgresql({ directory: join(directory.path, 'postgresql') })
  let server = await start()
  await migrate(server.url)
  const sql = connect(server.url)
  const database: TestDatabase = { url: server.url, sql, [Symbol.asyncDispose]: () => sql.end() }
  return {
    database,
    stop: () => server.stop(),
    async start() {
      server = await start()
    },
    async [Symbol.asyncDispose]() {
      await sql.end()
      await server.stop()
      directory[Symbol.dispose]()
    },
  }
}
