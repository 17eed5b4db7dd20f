import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { MANAGEMENT } from '../cluster/clusters.ts'
import { post } from '../cluster/platform/api-client.ts'
import { apiOf, enrolmentCode, placeOf } from '../cluster/platform/customer.ts'
import { TENANTS, type TenantPlan } from '../cluster/platform/places.ts'
import { connectXmpp } from '../support/xmpp-client.ts'
import { record } from './evidence/evidence.ts'
import { openPlatform } from './platform.ts'

const [ACME, ALPENBLICK, LUMIERE] = TENANTS as [TenantPlan, TenantPlan, TenantPlan]
const QUERY = { query: '{ devices(first: 1) { totalCount } }' }
const XMPP_PORT = 5222

const platform = openPlatform()
const management = platform.cluster(MANAGEMENT)
const place = (tenant: TenantPlan) => placeOf(tenant, management)

async function tokenOf({ name, region }: TenantPlan): Promise<string> {
  const path = `/api/v1/namespaces/tenant-${name}/secrets/api-platform`
  const { data } = await platform.cluster(region.cluster).rest.call('GET', path)
  return Buffer.from(data.password, 'base64').toString()
}

async function ask(at: TenantPlan, token: string, host?: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, ...(host && { host }) }
  const { status } = await post(await place(at), '/graphql', QUERY, headers)
  return status === 200 ? 'answered' : `refused (${status})`
}

interface Account {
  user: string
  password: string
}

async function enrol(tenant: TenantPlan): Promise<Account> {
  const api = await apiOf(tenant, management, platform.cluster(tenant.region.cluster))
  const password = randomBytes(32).toString('base64url')
  const code = await enrolmentCode(api, tenant)
  const { body } = await post(await place(tenant), '/enrol', { code, password })
  return { user: JSON.parse(body).user, password }
}

/** @param target who is asked once it is logged in; the tenant's own ingest, when it is not given. */
async function logIn(at: TenantPlan, account: Account, target?: string): Promise<string> {
  const { address, host, certificateAuthority } = await place(at)
  const options = { host: address, port: XMPP_PORT, domain: host, ca: certificateAuthority }
  try {
    using client = await connectXmpp({ ...options, ...account })
    if (!target) return 'answered'
    const { attrs } = await client.request(target, '<ping xmlns="urn:xmpp:ping"/>', 'get')
    return attrs.type === 'error' ? 'refused (error)' : 'answered'
  } catch (error) {
    return `refused (${error instanceof Error ? error.message : error})`
  }
}

/** An unused code of a tenant's, offered to another one. */
async function offerCode(of: TenantPlan, at: TenantPlan): Promise<string> {
  const api = await apiOf(of, management, platform.cluster(of.region.cluster))
  const content = {
    code: await enrolmentCode(api, of),
    password: randomBytes(32).toString('base64url'),
  }
  const { status } = await post(await place(at), '/enrol', content)
  return status === 200 ? 'answered' : `refused (${status})`
}

describe('what one tenant gave is worth nothing at another', () => {
  const rows: string[][] = []
  let token = ''
  let account: Account
  beforeAll(async () => {
    token = await tokenOf(ACME)
    account = await enrol(ACME)
  })

  it.each<{ what: string; expected: 'answered' | 'refused'; attempt: () => Promise<string> }>([
    { what: 'API token of acme at acme', expected: 'answered', attempt: () => ask(ACME, token) },
    {
      what: 'API token of acme at alpenblick, in the same region',
      expected: 'refused',
      attempt: () => ask(ALPENBLICK, token),
    },
    {
      what: 'API token of acme at lumiere, in another region',
      expected: 'refused',
      attempt: () => ask(LUMIERE, token),
    },
    {
      what: 'API token of acme at alpenblick by SNI, with the Host of acme',
      expected: 'refused',
      attempt: () => ask(ALPENBLICK, token, 'acme.de.platen.test'),
    },
    {
      what: 'code of acme at alpenblick',
      expected: 'refused',
      attempt: () => offerCode(ACME, ALPENBLICK),
    },
    {
      what: 'monitor of acme logs in at acme',
      expected: 'answered',
      attempt: () => logIn(ACME, account),
    },
    {
      what: 'monitor of acme logs in at alpenblick (forged `to` of the stream)',
      expected: 'refused',
      attempt: () => logIn(ALPENBLICK, account),
    },
    {
      what: 'monitor of acme logs in at lumiere',
      expected: 'refused',
      attempt: () => logIn(LUMIERE, account),
    },
    {
      what: "monitor of acme, logged in, asks alpenblick's ingest (forged `to` of the IQ)",
      expected: 'refused',
      attempt: () => logIn(ACME, account, 'ingest.alpenblick.de.platen.test'),
    },
  ])('$what: $expected', async ({ what, expected, attempt }) => {
    const seen = await attempt()
    rows.push([what, expected, seen])
    record({
      section: 'Credentials at another tenant',
      reason:
        'A token, a code and an account are good at the tenant that gave them and nowhere else, whatever name is forged. All go through the edge, as from the internet.',
      command: 'npm run test:e2e -- credentials',
      table: [['what', 'expected', 'seen'], ...rows],
    })
    expect(seen.split(' ')[0]).toBe(expected)
  })
})
