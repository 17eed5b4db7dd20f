import type { Tenant } from '../../resources/tenant.ts'
import { EDGE_OPTION } from '../api/options.ts'
import {
  type Call,
  type Command,
  JSON_OUTPUT,
  onlyTenant,
  type World,
  wantsJson,
} from '../command.ts'
import { STATUS } from '../failure.ts'
import { readTenant, TENANTS } from '../read.ts'
import { table } from '../table.ts'
import { printSummary, statesOf, verdict } from './print.ts'
import { lookAt } from './sight.ts'
import { standing, summaryOf } from './summary.ts'

export const status: Command = {
  name: 'status',
  takes: '[TENANT]',
  summary: 'how a tenant is, in every part, and why it is not ready; without TENANT a table of all',
  about: `
Shows the conditions of a tenant, its workloads with what keeps their pods from being ready, its last restarts and events,
where it lives, whether its residency is verified, and when a monitor reported last. What your rights, or the network, do not
let it read is named at the end.

When a monitor reported last is asked of the tenant's own API, with the platform's token (Secret api-platform in the
tenant's namespace), through the region's edge: at --edge, or where the name service says, or by kubectl port-forward.`,
  options: { ...JSON_OUTPUT, ...EDGE_OPTION },
  statuses: { wrong: 'the tenant, or one of them, is not ready' },
  run,
}

async function run({ world, names, given }: Call): Promise<number> {
  const json = wantsJson(status, given)
  if (names.length === 0) return await all(world, json)
  const tenant = await readTenant(world, onlyTenant(status, names))
  const now = Date.now()
  const summary = summaryOf(await lookAt(world, tenant, { edge: given.text('edge') }), now)
  const { terminal } = world
  terminal.print(
    json ? JSON.stringify(summary, null, 2) : printSummary(summary, now, terminal.paint),
  )
  return summary.ready === 'True' ? STATUS.done : STATUS.wrong
}

async function all({ management, terminal }: World, json: boolean): Promise<number> {
  const tenants = await management.list<Tenant>(TENANTS)
  const rows = tenants.map(tenant => ({
    ...standing(tenant),
    deleting: tenant.metadata.deletionTimestamp !== undefined,
  }))
  terminal.print(json ? JSON.stringify(rows, null, 2) : tableOf(rows, terminal.paint))
  return rows.every(({ ready }) => ready === 'True') ? STATUS.done : STATUS.wrong
}

type Row = ReturnType<typeof standing> & { deleting: boolean }

function tableOf(rows: readonly Row[], paint: World['terminal']['paint']): string {
  if (rows.length === 0) return 'there is no tenant'
  const head = ['TENANT', 'READY', 'COUNTRY', 'REGION', 'VERSION', 'RESIDENCY', 'STATE']
  return table(
    head,
    rows.map(row => [
      row.tenant,
      verdict(row.ready, paint),
      row.country,
      row.region ?? '-',
      row.version ?? '-',
      verdict(row.residency.verified, paint),
      [...statesOf(row), row.ready === 'True' ? '' : row.message]
        .filter(text => text !== '')
        .join('; '),
    ]),
  )
}
