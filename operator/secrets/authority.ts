import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
} from './library.ts'
import { nameConstraints } from './name-constraints.ts'
import {
  type Claim,
  DAY,
  earlier,
  type Identity,
  importKey,
  makeKeyPair,
  notBefore,
  parse,
  signClaim,
  splitPem,
} from './x509.ts'

const LIFE = 3652 * DAY
/** Of its life, after which an authority is followed by the next one. */
const RENEW_AT = 2 / 3

/** A region's certificate authority: what signs, and what clients trust. All PEM. */
export interface Authority extends Identity {
  /** The next authority signed by the one before, for clients that know only that one; empty where there is none. */
  cross: string
  /** What clients trust: this authority and the ones before it that have not expired. */
  bundle: string
}

export interface AuthorityPlan {
  /** Of the Region. */
  region: string
  /** Names outside of it get no certificate that is worth anything. */
  domain: string
  now: Date
  /** The authority before: it stays in the bundle while it is valid, and vouches for the new one. */
  previous?: Authority
}

export async function makeAuthority(plan: AuthorityPlan): Promise<Authority> {
  const keys = await makeKeyPair()
  const claim: Claim = {
    subject: `O=Platen, CN=${plan.region} ${plan.now.toISOString().slice(0, 19)}Z`,
    publicKey: keys.publicKey,
    notBefore: notBefore(plan.now),
    notAfter: new Date(plan.now.getTime() + LIFE),
    extensions: extensionsOf(plan.domain),
  }
  const certificate = await signClaim(claim, {
    subject: claim.subject ?? '',
    key: keys.privateKey,
  })
  const cross = plan.previous ? await crossSign(claim, plan.previous) : ''
  const before = plan.previous ? trustedAt(plan.previous, plan.now) : []
  return { certificate, key: keys.pem, cross, bundle: [certificate, ...before].join('') }
}

function extensionsOf(domain: string): Extension[] {
  return [
    // One more authority below it: the next one, by its cross certificate.
    new BasicConstraintsExtension(true, 1, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    nameConstraints(domain),
  ]
}

/** Empty where the previous authority has expired. */
async function crossSign(claim: Claim, previous: Authority): Promise<string> {
  const by = parse(previous.certificate)
  if (by.notAfter <= claim.notBefore) return ''
  return signClaim(
    {
      ...claim,
      notAfter: earlier(claim.notAfter, by.notAfter),
      extensions: [...claim.extensions, await AuthorityKeyIdentifierExtension.create(by.publicKey)],
    },
    { subject: by.subject, key: importKey(previous.key) },
  )
}

/** The authority without the certificates that expired. */
export function withoutExpired(authority: Authority, now: Date): Authority {
  const crossed = authority.cross !== '' && parse(authority.cross).notAfter > now
  return {
    ...authority,
    cross: crossed ? authority.cross : '',
    bundle: trustedAt(authority, now).join(''),
  }
}

function trustedAt({ bundle }: Authority, now: Date): string[] {
  return splitPem(bundle).filter(pem => parse(pem).notAfter > now)
}

/** When the next authority has to be made. */
export function renewalOf({ certificate }: Identity): Date {
  const { notBefore, notAfter } = parse(certificate)
  return new Date(notBefore.getTime() + (notAfter.getTime() - notBefore.getTime()) * RENEW_AT)
}

/** When something has to be done next: the next authority made, or an old one taken out of the bundle. */
export function nextChangeOf(authority: Authority): Date {
  const ends = splitPem(authority.bundle).map(pem => parse(pem).notAfter)
  return [renewalOf(authority), ...ends].reduce(earlier)
}

/** Tells certificates of authorities apart. */
export function authorityId(certificate: string): string {
  return parse(certificate).serialNumber
}

export function trustedIds({ bundle }: Authority): string[] {
  return splitPem(bundle).map(authorityId)
}
