import {
  connect,
  createApiToken,
  createMonitor,
  createSite,
  migrate,
  type Sql,
  verifyApiToken,
} from '@platen/database'
import { keepToken, keptToken, type Secrets } from './secrets.ts'

export const DOMAIN = 'platen.localhost'
export const MONITOR = 'monitor-1'

/** Addresses of the tenant's database for its two kinds of users. */
export interface TenantDatabase {
  /** For ingest and API. */
  url: string
  /** For Prosody, which may only touch its own table. */
  prosodyUrl: string
  token: string
}

/** Makes or brings up to date the one tenant's database, with a site, a monitor's account and an API token. */
export async function prepareTenant(
  serverUrl: string,
  directory: string,
  secrets: Secrets,
): Promise<TenantDatabase> {
  const url = withPath(serverUrl, 'tenant')
  await createDatabase(serverUrl)
  await migrate(url)
  const sql = connect(url, { max: 1 })
  try {
    await createProsodyRole(sql, secrets.prosodyDatabasePassword)
    const site = await createSite(sql, 'This machine')
    await createMonitor(sql, {
      name: MONITOR,
      site,
      host: DOMAIN,
      password: secrets.monitorPassword,
    })
    return { url, prosodyUrl: asProsody(url, secrets), token: await tokenFor(sql, directory) }
  } finally {
    await sql.end()
  }
}

async function createDatabase(serverUrl: string): Promise<void> {
  const admin = connect(serverUrl, { max: 1 })
  try {
    const rows = await admin`select 1 from pg_database where datname = 'tenant'`
    if (rows.length === 0) await admin`create database tenant`
  } finally {
    await admin.end()
  }
}

async function createProsodyRole(sql: Sql, password: string): Promise<void> {
  const rows = await sql`select 1 from pg_roles where rolname = 'prosody'`
  if (rows.length === 0) await sql`create role prosody login`
  // The password is of our own making: letters, digits, - and _ only.
  await sql.unsafe(`alter role prosody password '${password}'`)
  await sql`grant select, insert, update, delete on prosody to prosody`
}

async function tokenFor(sql: Sql, directory: string): Promise<string> {
  const kept = keptToken(directory)
  if (kept && (await verifyApiToken(sql, kept))) return kept
  const token = await createApiToken(sql, 'npm start')
  keepToken(directory, token)
  return token
}

function withPath(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

function asProsody(tenantUrl: string, secrets: Secrets): string {
  const url = new URL(tenantUrl)
  url.username = 'prosody'
  url.password = secrets.prosodyDatabasePassword
  return url.href
}
