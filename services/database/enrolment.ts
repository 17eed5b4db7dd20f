import { createHash, randomBytes } from 'node:crypto'
import { symbolsOf } from '@platen/protocol'
import { scramCredentials } from './accounts.ts'
import type { Sql } from './connect.ts'

export interface EnrolmentCode {
  /** Seven groups of four letters and digits. Only its hash is kept, so this is the only time that it can be seen. */
  code: string
  expiresAt: Date
}

export interface NewEnrolmentCode {
  /** The id of the site whose monitor it is for. */
  site: string
  /** The id of the API token that makes it. */
  createdBy: string | null
  expiresInHours: number
}

/** Makes a code by which one monitor of the site gets its account. */
export async function createEnrolmentCode(
  sql: Sql,
  { site, createdBy, expiresInHours }: NewEnrolmentCode,
): Promise<EnrolmentCode> {
  const code = makeCode()
  const [row] = await sql<{ expiresAt: Date }[]>`
    insert into enrolment_code (site_id, hash, created_by, expires_at)
    values (${site}, ${sha256(symbolsOf(code))}, ${createdBy}, now() + make_interval(hours => ${expiresInHours}))
    returning expires_at as "expiresAt"`
  if (!row) throw new Error('cannot make the code: the database gave no row')
  return { code, expiresAt: row.expiresAt }
}

/** Ends a code that nobody has used yet, as if its time were over; whether there was one to end. */
export async function revokeEnrolmentCode(sql: Sql, code: string): Promise<boolean> {
  const rows = await sql`
    update enrolment_code set expires_at = now()
    where hash = ${sha256(symbolsOf(code))} and used_at is null and expires_at > now()
    returning hash`
  return rows.length > 0
}

export interface EnrolmentRequest {
  code: string
  /** The one that the monitor has made for itself; 32 random bytes, or else its hash would tell it. */
  password: string
  /** The XMPP domain that it will log in to. */
  host: string
}

export type Enrolment =
  | { outcome: 'enrolled'; monitor: string; site: string }
  | { outcome: 'unknown' | 'used' | 'expired' }

/**
 * Makes a monitor with an account at the code's site. The same code with the same password gives the same for a week, so
 * a monitor that never got its answer asks again; with another password it is used. `site` is the site's key, or its
 * id where it has none. Needs no more than what `platen_api` may.
 */
export async function enrolMonitor(
  sql: Sql,
  { code, password, host }: EnrolmentRequest,
): Promise<Enrolment> {
  const hash = sha256(symbolsOf(code))
  // Deriving the keys takes longer than anything else here: not for whoever has no code.
  const [known] = await sql<{ key: string }[]>`
    select coalesce(s.key, '') as key from enrolment_code c join site s on s.id = c.site_id
    where c.hash = ${hash}`
  if (!known) return { outcome: 'unknown' }
  const keys = await scramCredentials(password)
  const [row] = await sql<{ outcome: Enrolment['outcome']; monitor: string; site: string }[]>`
    select * from enrol(${hash}, ${sha256(password)}, ${nameAt(known.key)}, ${host},
      ${keys.salt}, ${keys.iteration_count}, ${keys.stored_key}, ${keys.server_key})`
  if (!row) throw new Error('cannot enrol the monitor: the database gave no row')
  const { outcome, monitor, site } = row
  return outcome === 'enrolled' ? { outcome, monitor, site } : { outcome }
}

/** Crockford's: without I, L, O and U, which are misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const SYMBOLS = 28

/** 140 random bits: five a symbol, of which there are 32. */
function makeCode(): string {
  const symbols = Array.from(randomBytes(SYMBOLS), byte => ALPHABET[byte % ALPHABET.length])
  return symbols.join('').replace(/.{4}(?=.)/g, '$&-')
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** A name that no monitor of the tenant has had, which shows where it is: the site's key, as far as XMPP takes it. */
function nameAt(siteKey: string): string {
  const place = siteKey
    .toLowerCase()
    .replace(/[^0-9a-z]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '')
  return `${place || 'monitor'}-${randomBytes(5).toString('hex')}`
}
