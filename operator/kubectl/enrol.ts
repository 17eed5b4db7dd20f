import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'
import { EDGE_OPTION } from './api/options.ts'
import { type TenantApi, withApi } from './api/tenant-api.ts'
import {
  type Call,
  type Command,
  type Given,
  JSON_OUTPUT,
  nameOf,
  wantsJson,
  wrong,
} from './command.ts'
import { Failure, STATUS } from './failure.ts'
import { type Installation, installationScript } from './installation.ts'
import { homeOf, readTenant } from './read.ts'

export const enrol: Command = {
  name: 'enrol',
  takes: 'TENANT SITE',
  summary: 'makes a one-time code by which a monitor of a site gets its account',
  about: `
Asks the tenant's API for a code for the site (a name of spec.sites), and prints it with what the customer has to run. The code
works once, and only until it expires; nobody can show it again. Send it by a way that you trust.`,
  options: {
    expires: { value: 'HOURS', help: 'how long it works, e.g. 24h or 7d; by default 24h' },
    network: {
      value: 'CIDR',
      multiple: true,
      help: "a network of the site's printers, for the command that is printed",
    },
    chart: {
      value: 'CHART',
      help: 'where the customer finds the chart; by default charts/platen-monitor',
    },
    ...JSON_OUTPUT,
    ...EDGE_OPTION,
  },
  run,
}

async function run({ world, names, given }: Call): Promise<number> {
  const [name, key, ...others] = names
  if (others.length > 0) throw wrong(enrol, 'it takes one TENANT and one SITE')
  const tenantName = nameOf(enrol, 'TENANT', name)
  const site = nameOf(enrol, 'SITE', key)
  const hours = hoursOf(given.text('expires') ?? '24h')
  const json = wantsJson(enrol, given)
  const tenant = await readTenant(world, tenantName)
  refuseUnknown(tenant, site)
  const home = await homeOf(world, tenant)
  const options = { tenant, home, edge: given.text('edge') }
  const made = await withApi(world, options, api => createCode(api, { site, hours }))
  const { terminal } = world
  if (json) {
    terminal.print(
      JSON.stringify({ ...made, site, url: `https://${tenant.status?.host}` }, null, 2),
    )
    return STATUS.done
  }
  terminal.tell(`The code for site ${site}, until ${made.expiresAt}; it is shown this once:`)
  terminal.print(made.code)
  terminal.tell('\nWhat the customer runs in a cluster of that site:')
  const region = home.region.value
  terminal.print(installationScript(installationOf(given, { tenant, region, code: made.code })))
  return STATUS.done
}

function refuseUnknown({ metadata, spec }: Tenant, site: string): void {
  const sites = (spec.sites ?? []).map(each => each.name)
  if (sites.includes(site)) return
  const known = sites.length === 0 ? 'no site' : `the sites ${sites.join(', ')}`
  throw new Failure(
    `cannot enrol a monitor at ${site}: tenant ${metadata.name} has ${known}; add it to spec.sites first`,
  )
}

interface Enrolled {
  tenant: Tenant
  region: Region | undefined
  code: string
}

function installationOf(given: Given, { tenant, region, code }: Enrolled): Installation {
  const images = region?.spec.images
  return {
    host: tenant.status?.host ?? '',
    code,
    networks: given.texts('network'),
    chart: given.text('chart') ?? 'charts/platen-monitor',
    authority: region?.status?.certificateAuthority,
    ...(images && {
      image: `${images.registry}/platen-monitor`,
      tag: tenant.spec.version ?? images.version,
    }),
  }
}

const DAY_HOURS = 24

/** Of `24h`, `7d` or `24`. @throws Failure */
export function hoursOf(text: string): number {
  const [, count, unit] = /^(\d{1,4})([hd]?)$/.exec(text) ?? []
  const hours = Number(count) * (unit === 'd' ? DAY_HOURS : 1)
  if (hours >= 1) return hours
  throw wrong(enrol, `--expires ${text} is no time: write hours or days, as 24h or 7d`)
}

interface Code {
  code: string
  /** RFC 3339. */
  expiresAt: string
}

async function createCode(
  api: TenantApi,
  { site, hours }: { site: string; hours: number },
): Promise<Code> {
  const input = `{ site: ${JSON.stringify(site)}, expiresInHours: ${hours} }`
  const { createEnrolmentCode } = await api.query<{ createEnrolmentCode: Code }>(
    `mutation { createEnrolmentCode(input: ${input}) { code expiresAt } }`,
  )
  return createEnrolmentCode
}
