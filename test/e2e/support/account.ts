import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { XmlElement } from '@platen/protocol'
import { MANAGEMENT } from '../../cluster/clusters.ts'
import { post } from '../../cluster/platform/api-client.ts'
import { apiOf, enrolmentCode, placeOf } from '../../cluster/platform/customer.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { childOf, connectXmpp } from '../../support/xmpp-client.ts'
import type { Platform } from '../platform.ts'

const XMPP_PORT = 5222
/** Where nobody serves, the edge says nothing at all for a while. */
const PATIENCE_MS = 5_000

/** Of a monitor. */
export interface Account {
  user: string
  password: string
}

/** By a one-time code, through the edge, as a monitor does it. */
export async function enrol(platform: Platform, tenant: TenantPlan): Promise<Account> {
  const management = platform.cluster(MANAGEMENT)
  const api = await apiOf(tenant, management, platform.cluster(tenant.region.cluster))
  const password = randomBytes(32).toString('base64url')
  const code = await enrolmentCode(api, tenant)
  const { status, body } = await post(await placeOf(tenant, management), '/enrol', {
    code,
    password,
  })
  if (status !== 200) throw new Error(`cannot enrol at ${tenant.name}: ${status} ${body}`)
  return { user: JSON.parse(body).user, password }
}

export async function enrolMany(
  platform: Platform,
  tenant: TenantPlan,
  count: number,
): Promise<Account[]> {
  const accounts: Account[] = []
  while (accounts.length < count) accounts.push(await enrol(platform, tenant))
  return accounts
}

/** A tenant's XMPP server, as it is reached through the edge's load balancer. */
export interface Server {
  host: string
  port: number
  domain: string
  /** PEM. */
  ca: string
}

export async function serverOf(platform: Platform, tenant: TenantPlan): Promise<Server> {
  const place = await placeOf(tenant, platform.cluster(MANAGEMENT))
  const { address: host, host: domain, certificateAuthority: ca } = place
  return { host, port: XMPP_PORT, domain, ca }
}

/**
 * Logs in through the edge as a monitor does: TLS, password, and the tenant's own name.
 * @param target who is pinged once it is logged in; when it is not given, the login is all.
 * @returns `answered`; `refused (WHY)`, which somebody said; or `failed (WHY)`, where nobody answered at all
 */
export async function logIn(
  platform: Platform,
  at: TenantPlan,
  account: Account,
  target?: string,
): Promise<string> {
  const options = { ...(await serverOf(platform, at)), ...account }
  const login = connectXmpp(options).then(async opened => {
    using client = opened
    if (!target) return 'answered'
    return whatIsSaid(await client.request(target, '<ping xmlns="urn:xmpp:ping"/>', 'get'))
  })
  return await Promise.race([login.catch(whyNot), silence()])
}

/** The condition of an IQ's error: RFC 6120, section 8.3. */
function whatIsSaid(answer: XmlElement): string {
  if (answer.attrs.type === 'result') return 'answered'
  const condition = childOf(answer, 'error').children.find(child => typeof child !== 'string')
  return `refused (${condition?.name})`
}

/** A `failure` is what SASL says to an account that is not good, with its condition (RFC 6120, section 6.5). */
function whyNot(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [, condition] = /got failure \((\S+)\)$/.exec(message) ?? []
  return condition === undefined ? `failed (${message})` : `refused (${condition})`
}

async function silence(): Promise<string> {
  await sleep(PATIENCE_MS, undefined, { ref: false })
  return `failed (no answer within ${PATIENCE_MS / 1000} s)`
}
