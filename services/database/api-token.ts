import { createHash, randomBytes } from 'node:crypto'
import type { Sql, Transaction } from './connect.ts'

export interface ApiToken {
  id: string
  name: string
}

/** Makes a token for the API and returns it: only its hash is kept, so this is the only time that it can be seen. */
export async function createApiToken(
  sql: Sql,
  name: string,
  options: { expiresAt?: Date } = {},
): Promise<string> {
  const token = `platen_${randomBytes(32).toString('base64url')}`
  await sql`
    insert into api_token (name, hash, expires_at)
    values (${name}, ${hashOf(token)}, ${options.expiresAt ?? null})`
  return token
}

/** Makes this token, made elsewhere, the only one of that name that is good. */
export async function replaceApiToken(tx: Transaction, name: string, token: string): Promise<void> {
  if (!TOKEN.test(token)) {
    throw new Error(
      `cannot take the token ${name}: it is none; give "platen_" and 32 random bytes in base64url`,
    )
  }
  const hash = hashOf(token)
  await tx`
    update api_token set revoked_at = now()
    where name = ${name} and hash <> ${hash} and revoked_at is null`
  await tx`
    insert into api_token (name, hash) values (${name}, ${hash})
    on conflict (hash) do update set revoked_at = null, expires_at = null
    where api_token.revoked_at is not null or api_token.expires_at is not null`
}

const TOKEN = /^platen_[\w-]{43}$/

/**
 * Whose token it is, or null if it is nobody's, has expired or was revoked. A token has 256 random bits, so a plain
 * hash is enough, and looking it up by that hash tells nothing by the time it takes.
 */
export async function verifyApiToken(sql: Sql, token: string): Promise<ApiToken | null> {
  const [row] = await sql<ApiToken[]>`
    select id, name from api_token
    where hash = ${hashOf(token)}
      and revoked_at is null and (expires_at is null or expires_at > now())`
  return row ?? null
}

/** Ends a token's validity; whether there was one to end. */
export async function revokeApiToken(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`
    update api_token set revoked_at = now() where id = ${id} and revoked_at is null returning id`
  return rows.length > 0
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
