import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { MANAGEMENT } from '../cluster/clusters.ts'
import { type Answer, post } from '../cluster/platform/api-client.ts'
import { apiOf, enrolmentCode, placeOf, tokenOf } from '../cluster/platform/customer.ts'
import { hostOf, TENANTS, type TenantPlan } from '../cluster/platform/places.ts'
import { record } from './evidence/evidence.ts'
import { openPlatform } from './platform.ts'
import { type Account, enrol, logIn } from './support/account.ts'

const [ACME, ALPENBLICK, LUMIERE] = TENANTS as [TenantPlan, TenantPlan, TenantPlan]
const QUERY = { query: '{ devices(first: 1) { totalCount } }' }

/** docs/api.md, whatever the Host says: the edge goes by the name that TLS asks for, and a tenant's API serves nobody else. */
const UNKNOWN_TOKEN = 'refused (401 UNAUTHENTICATED)'
/** docs/enrolment.md */
const UNKNOWN_CODE = 'refused (403 CODE_UNKNOWN)'
/** Of SASL, for an account that Prosody does not know. It says so without its database, too: hence the accounts that are good. */
const UNKNOWN_ACCOUNT = 'refused (not-authorized)'
/** Prosody's word for all servers but itself: a tenant's has no connection to another one. */
const OTHER_SERVER = 'refused (not-allowed)'

const platform = openPlatform()
const management = platform.cluster(MANAGEMENT)
const place = (tenant: TenantPlan) => placeOf(tenant, management)
const ingestOf = (tenant: TenantPlan) => `ingest.${hostOf(tenant)}`

function outcomeOf({ status, body }: Answer): string {
  const [error] = JSON.parse(body).errors ?? []
  if (status === 200 && !error) return 'answered'
  return `refused (${status} ${error?.extensions?.code})`
}

async function ask(at: TenantPlan, token: string, host?: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, ...(host && { host }) }
  return outcomeOf(await post(await place(at), '/graphql', QUERY, headers))
}

/** A one-time code, and the password that a monitor makes for itself. */
interface Offer {
  code: string
  password: string
}

async function offerOf(tenant: TenantPlan): Promise<Offer> {
  const api = await apiOf(tenant, management, platform.cluster(tenant.region.cluster))
  const password = randomBytes(32).toString('base64url')
  return { code: await enrolmentCode(api, tenant), password }
}

async function offerTo(at: TenantPlan, offer: Offer): Promise<string> {
  return outcomeOf(await post(await place(at), '/enrol', offer))
}

/** What a tenant gave. */
interface Given {
  token: string
  account: Account
}

async function givenBy(tenant: TenantPlan): Promise<Given> {
  const token = await tokenOf(tenant, platform.cluster(tenant.region.cluster))
  return { token, account: await enrol(platform, tenant) }
}

describe('what one tenant gave is worth nothing at another', () => {
  const rows: string[][] = []
  let acme: Given
  let alpenblick: Given
  let lumiere: Given
  let offer: Offer
  beforeAll(async () => {
    acme = await givenBy(ACME)
    alpenblick = await givenBy(ALPENBLICK)
    lumiere = await givenBy(LUMIERE)
    offer = await offerOf(ACME)
  })

  it.each<{ what: string; expected: string; attempt: () => Promise<string> }>([
    {
      what: 'API token of acme at acme',
      expected: 'answered',
      attempt: () => ask(ACME, acme.token),
    },
    {
      what: 'API token of alpenblick at alpenblick',
      expected: 'answered',
      attempt: () => ask(ALPENBLICK, alpenblick.token),
    },
    {
      what: 'API token of lumiere at lumiere',
      expected: 'answered',
      attempt: () => ask(LUMIERE, lumiere.token),
    },
    {
      what: 'API token of acme at alpenblick, in the same region',
      expected: UNKNOWN_TOKEN,
      attempt: () => ask(ALPENBLICK, acme.token),
    },
    {
      what: 'API token of acme at lumiere, in another region',
      expected: UNKNOWN_TOKEN,
      attempt: () => ask(LUMIERE, acme.token),
    },
    {
      what: 'API token of acme at alpenblick by SNI, with the Host of acme',
      expected: UNKNOWN_TOKEN,
      attempt: () => ask(ALPENBLICK, acme.token, hostOf(ACME)),
    },
    {
      what: 'code of acme at alpenblick',
      expected: UNKNOWN_CODE,
      attempt: () => offerTo(ALPENBLICK, offer),
    },
    {
      what: 'the same code at acme, after that',
      expected: 'answered',
      attempt: () => offerTo(ACME, offer),
    },
    {
      what: 'monitor of acme logs in at acme',
      expected: 'answered',
      attempt: () => logIn(platform, ACME, acme.account),
    },
    {
      what: 'monitor of alpenblick logs in at alpenblick',
      expected: 'answered',
      attempt: () => logIn(platform, ALPENBLICK, alpenblick.account),
    },
    {
      what: 'monitor of lumiere logs in at lumiere',
      expected: 'answered',
      attempt: () => logIn(platform, LUMIERE, lumiere.account),
    },
    {
      what: 'monitor of acme logs in at alpenblick (forged `to` of the stream)',
      expected: UNKNOWN_ACCOUNT,
      attempt: () => logIn(platform, ALPENBLICK, acme.account),
    },
    {
      what: 'monitor of acme logs in at lumiere',
      expected: UNKNOWN_ACCOUNT,
      attempt: () => logIn(platform, LUMIERE, acme.account),
    },
    {
      what: "monitor of acme, logged in, pings acme's ingest",
      expected: 'answered',
      attempt: () => logIn(platform, ACME, acme.account, ingestOf(ACME)),
    },
    {
      what: "monitor of acme, logged in, pings alpenblick's ingest (forged `to` of the IQ)",
      expected: OTHER_SERVER,
      attempt: () => logIn(platform, ACME, acme.account, ingestOf(ALPENBLICK)),
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
    expect(seen).toBe(expected)
  })
})
