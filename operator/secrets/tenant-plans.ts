import { DATABASE } from '../names.ts'
import { type Authority, authorityId, trustedIds } from './authority.ts'
import { issueCertificate } from './certificate.ts'
import type { Content, SecretPlan } from './ensure-secret.ts'
import { makeSigningKey } from './keys.ts'
import { makePassword } from './passwords.ts'
import { type Data, SECRET_ANNOTATIONS } from './secret.ts'
import { DAY } from './x509.ts'

/** PostgreSQL's login role of each part, by the name of its Secret. */
export const DATABASE_USERS = {
  'database-owner': DATABASE.owner,
  'database-api': 'platen_api',
  'database-ingest': 'platen_ingest',
  'database-xmpp': 'platen_xmpp',
} as const

/** Names that nothing else in a tenant's namespace may have. */
export const tenantSecretNames: readonly string[] = [
  ...Object.keys(DATABASE_USERS),
  'api-platform',
  'component',
  'licence-key',
  'tls',
]

/** How long licences of the key before are still taken. */
const LICENCE_OVERLAP = 90 * DAY

export interface TenantPlanInput {
  host: string
  now: Date
  authority?: Authority
}

/** Every Secret that a tenant has of its own. */
export function tenantPlans({ host, now, authority }: TenantPlanInput): SecretPlan[] {
  const plans = [
    ...Object.entries(DATABASE_USERS).map(([name, username]) => credentials(name, username)),
    platformToken,
    component,
    licenceKey(now),
  ]
  return authority ? [...plans, certificate(host, now, authority)] : plans
}

function credentials(name: string, username: string): SecretPlan {
  return {
    name,
    type: 'kubernetes.io/basic-auth',
    keys: ['username', 'password'],
    // CloudNativePG then sets the role's password as soon as the Secret changes.
    labels: { 'cnpg.io/reload': 'true' },
    make: async () => ({ data: { username, password: makePassword() } }),
  }
}

/** The platform team's token for the tenant's API, where `prepare` makes it good. */
const platformToken: SecretPlan = {
  name: 'api-platform',
  type: 'kubernetes.io/basic-auth',
  keys: ['username', 'password'],
  make: async () => ({ data: { username: 'platform', password: `platen_${makePassword()}` } }),
}

/** Between Prosody and ingest, on the loopback of their pod. */
const component: SecretPlan = {
  name: 'component',
  type: 'Opaque',
  keys: ['secret'],
  make: async () => ({ data: { secret: makePassword() } }),
}

/** Signs licences. `previous.pem` holds the public keys before it while their licences are still taken. */
function licenceKey(now: Date): SecretPlan {
  const make = async (): Promise<Content> => {
    const { privateKey, publicKey } = makeSigningKey()
    return { data: { 'private.pem': privateKey, 'public.pem': publicKey } }
  }
  return {
    name: 'licence-key',
    type: 'Opaque',
    keys: ['private.pem', 'public.pem'],
    make,
    renew: async (before, cause) => {
      if (cause === 'due') return { data: withoutPrevious(before) }
      const previous = `${before['public.pem'] ?? ''}${before['previous.pem'] ?? ''}`
      const { data } = await make()
      return {
        data: { ...data, 'previous.pem': previous },
        changeAt: new Date(now.getTime() + LICENCE_OVERLAP),
      }
    },
  }
}

function withoutPrevious({ 'previous.pem': _, ...data }: Data): Data {
  return data
}

/** Of the region's own authority; anew when it is not among the trusted ones any more. */
function certificate(host: string, now: Date, authority: Authority): SecretPlan {
  const trusted = trustedIds(authority)
  return {
    name: 'tls',
    type: 'kubernetes.io/tls',
    keys: ['tls.crt', 'tls.key'],
    refusesForeign: () =>
      "the region's authority did not issue it; give the Region an issuerRef, or delete the Secret and a new one is made",
    outdated: annotations =>
      annotations[SECRET_ANNOTATIONS.dnsName] !== host ||
      !trusted.includes(annotations[SECRET_ANNOTATIONS.issuer] ?? ''),
    make: async () => {
      const { certificate, key, renewAt } = await issueCertificate(authority, { host, now })
      return {
        data: { 'tls.crt': certificate, 'tls.key': key },
        annotations: {
          [SECRET_ANNOTATIONS.dnsName]: host,
          [SECRET_ANNOTATIONS.issuer]: authorityId(authority.certificate),
        },
        changeAt: renewAt,
      }
    },
  }
}
