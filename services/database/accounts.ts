import { createHash, createHmac, pbkdf2, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type { Sql, Transaction } from './connect.ts'

/** Makes the site if there is none of that key, which becomes its name too; its id. */
export async function createSite(sql: Sql, key: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into site (key, name) values (${key}, ${key})
    on conflict (key) do update set key = excluded.key returning id`
  if (!row) throw new Error('cannot create the site: the database gave no row')
  return row.id
}

export interface MonitorAccount {
  /** Local part of its XMPP address: 1 to 64 characters of [0-9a-z.-]. */
  name: string
  /** The id of its site. */
  site: string
  /** The XMPP domain that it logs in to. */
  host: string
  password: string
}

/**
 * Makes a monitor with an account on the XMPP server. If there is one of that name, it gets the site and the password;
 * what it has reported stays. Its id.
 */
export async function createMonitor(sql: Sql, account: MonitorAccount): Promise<string> {
  const credentials = await scramCredentials(account.password)
  return sql.begin(async tx => {
    const [row] = await tx<{ id: string }[]>`
      insert into monitor (name, site_id) values (${account.name}, ${account.site})
      on conflict (name) do update set site_id = excluded.site_id returning id`
    if (!row) throw new Error('cannot create the monitor: the database gave no row')
    await writeCredentials(tx, account, credentials)
    return row.id
  })
}

/** Gives a monitor another password; its present connection stays until it ends. */
export async function setMonitorPassword(
  sql: Sql,
  account: Pick<MonitorAccount, 'name' | 'host' | 'password'>,
): Promise<void> {
  const credentials = await scramCredentials(account.password)
  await sql.begin(async tx => {
    const rows = await tx`select id from monitor where name = ${account.name} for no key update`
    if (rows.length === 0) {
      throw new Error('cannot set the password: there is no monitor of that name; create it first')
    }
    await writeCredentials(tx, account, credentials)
  })
}

/** Prosody's keys for a SCRAM account, see its mod_auth_internal_hashed. */
interface ScramCredentials {
  salt: string
  iteration_count: number
  /** Hex. */
  stored_key: string
  server_key: string
}

/** At least 4096 (RFC 7677, section 4); what a stolen table costs to guess, what a login costs the monitor. */
const ITERATIONS = 10_000

/** SCRAM-SHA-1 (RFC 5802, section 3). */
export async function scramCredentials(password: string): Promise<ScramCredentials> {
  const salt = randomUUID()
  const salted = await promisify(pbkdf2)(password.normalize('NFKC'), salt, ITERATIONS, 20, 'sha1')
  const hmac = (text: string) => createHmac('sha1', salted).update(text).digest()
  const storedKey = createHash('sha1').update(hmac('Client Key')).digest('hex')
  return {
    salt,
    iteration_count: ITERATIONS,
    stored_key: storedKey,
    server_key: hmac('Server Key').toString('hex'),
  }
}

/** Prosody's table has no unique key, so the old rows go and the new ones come in one transaction. */
async function writeCredentials(
  tx: Transaction,
  { host, name }: Pick<MonitorAccount, 'host' | 'name'>,
  credentials: ScramCredentials,
): Promise<void> {
  const rows = Object.entries(credentials)
  await tx`delete from prosody where host = ${host} and "user" = ${name} and store = 'accounts'`
  await tx`
    insert into prosody (host, "user", store, key, type, value)
    select ${host}, ${name}, 'accounts', * from unnest(
      ${rows.map(([key]) => key)}::text[],
      ${rows.map(([, value]) => typeof value)}::text[],
      ${rows.map(([, value]) => String(value))}::text[])`
}
