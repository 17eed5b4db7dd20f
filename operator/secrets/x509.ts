import { createPrivateKey } from 'node:crypto'
import * as x509 from './library.ts'

export const DAY = 86_400_000

/** Clocks of clients may be behind by this much. */
const SKEW = 3_600_000

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' }

/** A certificate and its private key, PEM. */
export interface Identity {
  certificate: string
  /** PKCS#8. */
  key: string
}

export interface Claim {
  /** As in RFC 4514; absent: an empty subject. */
  subject?: string
  publicKey: CryptoKey
  notBefore: Date
  notAfter: Date
  extensions: x509.Extension[]
}

export interface KeyPair {
  publicKey: CryptoKey
  privateKey: CryptoKey
  /** Of the private key, PKCS#8. */
  pem: string
}

/** ECDSA P-256. */
export async function makeKeyPair(): Promise<KeyPair> {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])
  const der = await crypto.subtle.exportKey('pkcs8', pair.privateKey)
  return { ...pair, pem: x509.PemConverter.encode(der, x509.PemConverter.PrivateKeyTag) }
}

/** Signs a claim as the issuer of that name; PEM. */
export async function signClaim(
  claim: Claim,
  issuer: { subject: string; key: CryptoKey },
): Promise<string> {
  const { subject, extensions, ...rest } = claim
  const certificate = await x509.X509CertificateGenerator.create({
    ...rest,
    ...(subject !== undefined && { subject }),
    issuer: issuer.subject,
    signingKey: issuer.key,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [...extensions, await x509.SubjectKeyIdentifierExtension.create(rest.publicKey)],
  })
  return `${certificate.toString('pem')}\n`
}

export function importKey(pem: string): CryptoKey {
  return createPrivateKey(pem).toCryptoKey(ECDSA, false, ['sign']) as CryptoKey
}

export function notBefore(now: Date): Date {
  return new Date(now.getTime() - SKEW)
}

export function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}

export function parse(pem: string): x509.X509Certificate {
  return new x509.X509Certificate(pem)
}

/** All certificates of a file. */
export function splitPem(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? []
  return blocks.map(block => (block.endsWith('\n') ? block : `${block}\n`))
}
