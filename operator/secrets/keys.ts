import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { keyIdOf } from '@platen/ledger'

/** An Ed25519 key pair as PEM: PKCS#8 and SubjectPublicKeyInfo. */
export interface SigningKey {
  /** The first 32 hex digits of the SHA-256 of the public key. */
  id: string
  privateKey: string
  publicKey: string
}

export function makeSigningKey(): SigningKey {
  const pair = generateKeyPairSync('ed25519')
  return {
    id: keyIdOf(pair.publicKey),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** Throws where the PEM holds no key. */
export function idOfPem(publicKey: string): string {
  return keyIdOf(createPublicKey(publicKey))
}

/** Of the key that belongs to a private one; undefined where the PEM holds no key. */
export function idOfPrivate(pem: string | undefined): string | undefined {
  try {
    return idOfPem(pem ?? '')
  } catch {
    return undefined
  }
}
