import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import pg from 'pg'
import type { Transaction } from './connect.ts'
import { ROLES, type Role } from './privileges.ts'

/** A password for each role. */
export type Passwords = Record<Role, string>

/** Makes the login roles where they are missing, and gives them their passwords. */
export async function ensureRoles(tx: Transaction, passwords: Passwords): Promise<void> {
  const rows = await tx<{ name: Role }[]>`
    select rolname as name from pg_roles where rolname = any(${ROLES})`
  for (const role of ROLES) {
    if (!rows.some(({ name }) => name === role)) await tx.unsafe(`create role ${role} login`)
    await setPassword(tx, role, passwords[role])
  }
}

async function setPassword(tx: Transaction, role: Role, password: string): Promise<void> {
  try {
    await tx.unsafe(`alter role ${role} login password '${await scramVerifier(password)}'`)
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError) || cause.code !== INSUFFICIENT_PRIVILEGE) throw cause
    throw new Error(
      `cannot set the password of the role ${role}: somebody else has made it; grant it to the database's owner WITH ADMIN OPTION, or drop it`,
      { cause },
    )
  }
}

const INSUFFICIENT_PRIVILEGE = '42501'
const ITERATIONS = 4096 // PostgreSQL's own

/**
 * As PostgreSQL keeps a password (RFC 5803), so that neither its log nor pg_stat_activity ever sees the password itself.
 */
async function scramVerifier(password: string): Promise<string> {
  // Others would have to be prepared by RFC 4013 first.
  if (!/^[!-~]+$/.test(password)) {
    throw new Error('cannot take the password: give printable ASCII without spaces')
  }
  const salt = randomBytes(16)
  const salted = await promisify(pbkdf2)(password, salt, ITERATIONS, 32, 'sha256')
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest()
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64')
  const serverKey = hmac('Server Key').toString('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}
