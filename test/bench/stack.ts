import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createMonitor, createSite, migrate, type Sql } from '@platen/database'
import { freePorts, type Prosody, startPostgresql, startProsody } from '@platen/local'
import { accountOf, type Server } from './load.ts'

export const DOMAIN = 'platen.localhost'
export const COMPONENT = `ingest.${DOMAIN}`
export const SECRET = 'bench'

/** PostgreSQL (fsync on) and two Prosodys alike, one for the whole path, one for the bare echo: who idles costs nothing. */
export interface Stack extends AsyncDisposable {
  directory: string
  postgresqlPid: number
  databaseUrl: string
  path: Prosody
  echo: Prosody
  /** Makes a migrated database; the first is the tenant's, at `databaseUrl`. */
  createDatabase(name: string): Promise<string>
}

/** Starts it all in a temporary directory, with so many accounts. */
export async function startStack(monitors: number): Promise<Stack> {
  await using cleanUp = new AsyncDisposableStack()
  const directory = mkdtempSync(join(tmpdir(), 'platen-bench-'))
  cleanUp.defer(() => rmSync(directory, { recursive: true, force: true }))
  chmodSync(directory, 0o755) // servers that do not run as root must get through
  const postgresql = await startPostgresql({ directory: join(directory, 'postgresql') })
  cleanUp.defer(() => postgresql.stop())
  const createDatabase = (name: string) => createMigrated(postgresql.url, name)
  const databaseUrl = await createDatabase('tenant')
  await createAccounts(databaseUrl, monitors)

  const [a = 0, b = 0, c = 0, d = 0] = await freePorts(4)
  const prosody = (name: string, c2sPort: number, componentPort: number) =>
    startProsody({
      directory: join(directory, name),
      domain: DOMAIN,
      databaseUrl,
      componentSecret: SECRET,
      c2sPort,
      componentPort,
    })
  const path = await prosody('prosody-path', a, b)
  cleanUp.defer(() => path.stop())
  const echo = await prosody('prosody-echo', c, d)
  cleanUp.defer(() => echo.stop())
  const started = cleanUp.move()
  return {
    directory,
    postgresqlPid: postgresql.pid,
    databaseUrl,
    path,
    echo,
    createDatabase,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

/** Where clients of a Prosody log in. */
export function serverOf({ c2sPort, caFile }: Prosody): Server {
  return { port: c2sPort, domain: DOMAIN, caFile }
}

async function createMigrated(serverUrl: string, name: string): Promise<string> {
  const server = connect(serverUrl, { max: 1 })
  try {
    await server`create database ${server(name)}`
  } finally {
    await server.end()
  }
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  await migrate(url.href)
  return url.href
}

async function createAccounts(databaseUrl: string, monitors: number): Promise<void> {
  const sql: Sql = connect(databaseUrl)
  try {
    const site = await createSite(sql, 'Bench')
    for (let number = 1; number <= monitors; number += 1) {
      await createMonitor(sql, { ...accountOf(number), site, host: DOMAIN })
    }
  } finally {
    await sql.end()
  }
}
