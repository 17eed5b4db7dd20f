import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { MANAGEMENT } from '../cluster/clusters.ts'
import { post } from '../cluster/platform/api-client.ts'
import { apiOf, enrolmentCode, placeOf, tokenOf } from '../cluster/platform/customer.ts'
import { TENANTS, type TenantPlan } from '../cluster/platform/places.ts'
import { record } from './evidence/evidence.ts'
import { openPlatform } from './platform.ts'
import { type Account, enrol, logIn } from './support/account.ts'

const [ACME, ALPENBLICK, LUMIERE] = TENANTS as [TenantPlan, TenantPlan, TenantPlan]
const QUERY = { query: '{ devices(first: 1) { totalCount } }' }

const platform = openPlatform()
const management = platform.cluster(MANAGEMENT)
const place = (tenant: TenantPlan) => placeOf(tenant, management)

async function ask(at: TenantPlan, token: string, host?: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, ...(host && { host }) }
  const { status } = await post(await place(at), '/graphql', QUERY, headers)
  return status === 200 ? 'answered' : `refused (${status})`
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
    token = await tokenOf(ACME, platform.cluster(ACME.region.cluster))
    account = await enrol(platform, ACME)
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
      attempt: () => logIn(platform, ACME, account),
    },
    {
      what: 'monitor of acme logs in at alpenblick (forged `to` of the stream)',
      expected: 'refused',
      attempt: () => logIn(platform, ALPENBLICK, account),
    },
    {
      what: 'monitor of acme logs in at lumiere',
      expected: 'refused',
      attempt: () => logIn(platform, LUMIERE, account),
    },
    {
      what: "monitor of acme, logged in, asks alpenblick's ingest (forged `to` of the IQ)",
      expected: 'refused',
      attempt: () => logIn(platform, ACME, account, 'ingest.alpenblick.de.platen.test'),
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
