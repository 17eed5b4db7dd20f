import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyIdOf } from '@platen/ledger'
import { SettingsError } from '@platen/telemetry'
import { SignJWT } from 'jose'

export interface LicenceClaims {
  /** The tenant's host. */
  tenant: string
  /** The name of the monitor's account. */
  monitor: string
  /** The key of its site. */
  site: string
}

export interface LicenceKey {
  /** PEM, by which anyone verifies what it signs. */
  publicKey: string
  /**
   * A licence: a JWT (RFC 7519) signed with Ed25519 (RFC 8037), with the claims `iss` (the tenant's host), `sub` (the
   * monitor), `site`, `iat` and `exp`.
   */
  sign(claims: LicenceClaims): Promise<string>
}

/** For so long a licence is good. */
const GOOD_FOR = '90 days'

const DIRECTORY = 'PLATEN_LICENCE_KEY_DIRECTORY'

/** Reads `private.pem` and `public.pem`. Throws a SettingsError for what is missing, or does not belong together. */
export function readLicenceKey(directory: string): LicenceKey {
  const privateKey = parsed(directory, 'private.pem', createPrivateKey)
  const publicKey = parsed(directory, 'public.pem', createPublicKey)
  const keyId = keyIdOf(publicKey)
  if (keyIdOf(createPublicKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))) !== keyId) {
    throw new SettingsError(`the keys in ${DIRECTORY} do not belong together`)
  }
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: ({ tenant, monitor, site }) =>
      new SignJWT({ site })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: keyId })
        .setIssuer(tenant)
        .setSubject(monitor)
        .setIssuedAt()
        .setExpirationTime(GOOD_FOR)
        .sign(privateKey),
  }
}

function parsed(directory: string, name: string, parse: (pem: string) => KeyObject): KeyObject {
  const key = parseOrRefuse(readOrRefuse(directory, name), name, parse)
  if (key.asymmetricKeyType === 'ed25519') return key
  throw new SettingsError(`${name} in ${DIRECTORY} is no Ed25519 key`)
}

function readOrRefuse(directory: string, name: string): string {
  try {
    return readFileSync(join(directory, name), 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SettingsError(`${name} in ${DIRECTORY} cannot be read (${code})`, { cause })
  }
}

function parseOrRefuse(pem: string, name: string, parse: (pem: string) => KeyObject): KeyObject {
  try {
    return parse(pem)
  } catch (cause) {
    throw new SettingsError(`${name} in ${DIRECTORY} holds no key in PEM`, { cause })
  }
}
