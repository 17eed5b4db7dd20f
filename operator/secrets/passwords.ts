import { randomBytes } from 'node:crypto'

/** 32 random bytes as 43 characters that need no quoting in URLs, shells, SQL or Prosody's configuration. */
export function makePassword(): string {
  return randomBytes(32).toString('base64url')
}
