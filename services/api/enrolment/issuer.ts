import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { SettingsError } from '@platen/telemetry'
import { type LicenceKey, readLicenceKey } from './licence.ts'

export interface EnrolmentSettings {
  xmppDomain: string | undefined
  xmppPort: number
  certificateAuthority: string | undefined
  licenceKeyDirectory: string | undefined
}

/** What monitors that enrol here are told besides their account. */
export interface Issuer {
  /** The tenant's host: where monitors log in, and who signs their licences. */
  domain: string
  xmppPort: number
  licenceKey: LicenceKey
  /** PEM; null: the certificates are signed by an authority that everybody trusts. */
  certificateAuthority(): Promise<string | null>
}

const DOMAIN = 'PLATEN_XMPP_DOMAIN'
const KEY_DIRECTORY = 'PLATEN_LICENCE_KEY_DIRECTORY'
const AUTHORITY = 'PLATEN_CERTIFICATE_AUTHORITY'

/** Undefined: no monitors enrol here. Throws a SettingsError for settings that say it by half, and files that are wrong. */
export function readIssuer(settings: EnrolmentSettings): Issuer | undefined {
  const { xmppDomain: domain, xmppPort, licenceKeyDirectory, certificateAuthority } = settings
  if (domain === undefined) {
    if (licenceKeyDirectory !== undefined) {
      throw new SettingsError(`${KEY_DIRECTORY} is set without ${DOMAIN}`)
    }
    return undefined
  }
  if (licenceKeyDirectory === undefined) {
    throw new SettingsError(`${DOMAIN} is set without ${KEY_DIRECTORY}`)
  }
  if (certificateAuthority !== undefined) refuseWrong(certificateAuthority)
  return {
    domain,
    xmppPort,
    licenceKey: readLicenceKey(licenceKeyDirectory),
    // Read anew each time: the authority is followed by another one without a restart.
    certificateAuthority: async () =>
      certificateAuthority === undefined ? null : await readFile(certificateAuthority, 'utf8'),
  }
}

function refuseWrong(file: string): void {
  try {
    new X509Certificate(readFileSync(file))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = /^E[A-Z]+$/.test(code ?? '')
      ? `cannot be read (${code})`
      : 'holds no certificate in PEM'
    throw new SettingsError(`${AUTHORITY} ${why}`, { cause })
  }
}
