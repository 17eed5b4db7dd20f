import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SettingsError } from '@platen/telemetry'

/** PEM, as node:tls takes them. */
export interface Tls {
  cert: string
  key: string
}

export interface TlsFiles {
  tlsCertificate: string | undefined
  tlsKey: string | undefined
}

const CERTIFICATE = 'PLATEN_API_TLS_CERTIFICATE'
const KEY = 'PLATEN_API_TLS_KEY'

/** Undefined: there are no files. Throws a SettingsError for files that cannot be read, or that do not belong together. */
export function readTls({ tlsCertificate, tlsKey }: TlsFiles): Tls | undefined {
  if (tlsCertificate === undefined && tlsKey === undefined) return undefined
  if (tlsCertificate === undefined) throw new SettingsError(`${KEY} is set without ${CERTIFICATE}`)
  if (tlsKey === undefined) throw new SettingsError(`${CERTIFICATE} is set without ${KEY}`)
  const tls = { cert: read(CERTIFICATE, tlsCertificate), key: read(KEY, tlsKey) }
  const certificate = parsed(CERTIFICATE, 'certificate', () => new X509Certificate(tls.cert))
  const key = parsed(KEY, 'private key', () => createPrivateKey(tls.key))
  if (certificate.checkPrivateKey(key)) return tls
  throw new SettingsError(`the key in ${KEY} is not that of the certificate in ${CERTIFICATE}`)
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SettingsError(`${name} cannot be read: ${file} (${code})`, { cause })
  }
}

/** OpenSSL's own words would not say which file is meant. */
function parsed<T>(name: string, what: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw new SettingsError(`${name} holds no ${what} in PEM`, { cause })
  }
}
