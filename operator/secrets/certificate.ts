import type { Authority } from './authority.ts'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
} from './library.ts'
import {
  DAY,
  earlier,
  type Identity,
  importKey,
  makeKeyPair,
  notBefore,
  parse,
  signClaim,
} from './x509.ts'

const LIFE = 90 * DAY
const RENEW_AT = 2 / 3
/** Of its life, by which renewals are spread: a thousand tenants made in one hour do not restart in one hour. */
const SPREAD = 1 / 20

/** A server's certificate with the chain to what clients trust, and its private key. */
export interface ServerCertificate extends Identity {
  renewAt: Date
}

export interface CertificatePlan {
  /** The one DNS name. */
  host: string
  now: Date
  /** From 0 to 1. */
  random?: () => number
}

/** Never valid for longer than the authority. */
export async function issueCertificate(
  authority: Authority,
  { host, now, random = Math.random }: CertificatePlan,
): Promise<ServerCertificate> {
  const by = parse(authority.certificate)
  const keys = await makeKeyPair()
  const notAfter = earlier(new Date(now.getTime() + LIFE), by.notAfter)
  const certificate = await signClaim(
    {
      publicKey: keys.publicKey,
      notBefore: notBefore(now),
      notAfter,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        // Critical because the subject is empty: a common name ends at 64 characters, hosts may be longer.
        new SubjectAlternativeNameExtension([{ type: 'dns', value: host }], true),
        await AuthorityKeyIdentifierExtension.create(by.publicKey),
      ],
    },
    { subject: by.subject, key: importKey(authority.key) },
  )
  const life = notAfter.getTime() - now.getTime()
  return {
    certificate: certificate + authority.cross,
    key: keys.pem,
    renewAt: new Date(now.getTime() + life * (RENEW_AT - SPREAD * random())),
  }
}
