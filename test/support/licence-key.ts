import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Puts a new licence key into the directory, as the operator mounts it. Its public part, PEM. */
export function writeLicenceKey(directory: string, type: 'ed25519' | 'x25519' = 'ed25519'): string {
  // biome-ignore lint/suspicious/noExplicitAny: its overloads take one name each
  const { privateKey, publicKey } = generateKeyPairSync(type as any)
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(join(directory, 'private.pem'), secret)
  writeFileSync(join(directory, 'public.pem'), pem)
  return pem
}
