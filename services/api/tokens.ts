import { createHash } from 'node:crypto'
import type { ApiToken } from '@platen/database'
import { limitRate } from './limit-rate.ts'

/** Whose token it is; null: nobody's, or no longer good; 'later': too many unknown ones came to look all of them up. */
export type VerifyToken = (token: string) => Promise<ApiToken | null | 'later'>

/** For how long a token that was good is not looked up again: so long does a revoked one still work. */
const GOOD_FOR_MS = 10_000
const MOST_TOKENS = 1000

/**
 * Tokens, not known to be good, that are looked up within a second. Nobody guesses 256 bits: this keeps the database
 * for those who have a token, whoever floods the API without one.
 */
const MOST_UNKNOWN = 50

/**
 * Remembers, by their hashes, the tokens that were found good, for a while without looking them up again. The least
 * recently verified are forgotten. While others come in masses, only tokens that were good before are looked up.
 */
export function rememberGoodTokens(
  verify: (token: string) => Promise<ApiToken | null>,
  now = Date.now,
): VerifyToken {
  const good = new Map<string, { token: ApiToken; until: number }>()
  const isAllowed = limitRate(MOST_UNKNOWN, now)

  return async text => {
    const key = createHash('sha256').update(text).digest('base64')
    const known = good.get(key)
    if (known && now() < known.until) return known.token
    if (!known && !isAllowed()) return 'later'
    const token = await verify(text)
    good.delete(key)
    if (!token) return null
    good.set(key, { token, until: now() + GOOD_FOR_MS })
    forgetOldest(good)
    return token
  }
}

function forgetOldest(tokens: Map<string, unknown>): void {
  const [oldest] = tokens.keys()
  if (tokens.size > MOST_TOKENS && oldest !== undefined) tokens.delete(oldest)
}

/** The token of an `Authorization: Bearer TOKEN` header (RFC 6750); undefined: there is none. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/-]{1,200}=*) *$/i.exec(header ?? '')?.[1]
}
