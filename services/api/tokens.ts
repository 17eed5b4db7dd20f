import { createHash } from 'node:crypto'
import type { ApiToken } from '@platen/database'

/** Tells whose token it is; null: nobody's, or no longer good. */
export type VerifyToken = (token: string) => Promise<ApiToken | null>

/** For how long a token that was good is not looked up again: so long does a revoked one still work. */
const GOOD_FOR_MS = 10_000
const MOST_TOKENS = 1000

/** Remembers, by their hashes, the tokens that were found good just now. The least recently verified are forgotten. */
export function rememberGoodTokens(verify: VerifyToken, now = Date.now): VerifyToken {
  const good = new Map<string, { token: ApiToken; until: number }>()

  return async text => {
    const key = createHash('sha256').update(text).digest('base64')
    const known = good.get(key)
    if (known && now() < known.until) return known.token
    good.delete(key)
    const token = await verify(text)
    if (!token) return null
    good.set(key, { token, until: now() + GOOD_FOR_MS })
    const [oldest] = good.keys()
    if (good.size > MOST_TOKENS && oldest !== undefined) good.delete(oldest)
    return token
  }
}

/** The token of an `Authorization: Bearer TOKEN` header (RFC 6750); undefined: there is none. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/-]{1,200}=*) *$/i.exec(header ?? '')?.[1]
}
