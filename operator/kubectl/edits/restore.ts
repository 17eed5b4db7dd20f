import type { Tenant } from '../../resources/tenant.ts'
import {
  type Call,
  type Command,
  type Given,
  nameOf,
  onlyTenant,
  type World,
  wrong,
} from '../command.ts'
import { Failure } from '../failure.ts'
import { readTenant, TENANTS } from '../read.ts'
import { see } from '../seen.ts'
import { type Changed, targetOf } from './target.ts'
import { isReady, patienceOf, readiness, type Step, WAIT_OPTION, waitFor } from './wait.ts'

export const restore: Command = {
  name: 'restore',
  takes: 'TENANT --to TIME',
  summary: "puts a tenant's database back to a point in time",
  about: `
Sets spec.restore: the operator closes ingest and puts the database back to what it was at TIME (RFC 3339, e.g.
2026-11-29T08:30:00Z). Everything of later is lost, but for what the monitors still hold and send again. With --from it becomes
what another tenant of the same country was at TIME. You are asked for the tenant's name first; --yes answers that, for scripts.
It is waited for; Ctrl-C stops the waiting and nothing else.`,
  options: {
    to: { value: 'TIME', help: 'the point in time' },
    from: { value: 'TENANT', help: "another tenant's backup, instead of its own" },
    'from-uid': {
      value: 'UID',
      help: 'uid of that Tenant, where several had that name, one after the other',
    },
    yes: { help: 'do not ask' },
    ...WAIT_OPTION,
  },
  statuses: { wrong: 'the restore was refused' },
  run,
}

async function run({ world, names, given }: Call): Promise<number> {
  const name = onlyTenant(restore, names)
  const target = targetOf(restore, names, given)
  const patienceMs = patienceOf(restore, given)
  const to = timeOf(given.text('to'), Date.now())
  const tenant = await readTenant(world, name)
  const from = await sourceOf(world, given, tenant)
  await confirm(world, given, { name, to, from })
  const seen = await world.management.get<Changed>(TENANTS, name)
  refuseAgain(seen, { name, to, from })
  const before = seen.status?.restore?.id
  const wanted = { to, from: from ?? null }
  const changed = await world.management.patch<Changed>(TENANTS, name, {
    spec: { restore: wanted },
  })
  if (changed.spec.restore === undefined) {
    throw new Failure(
      `cannot restore ${name}: this cluster's Tenants have no spec.restore; kubectl apply the newest definitions and upgrade the operator (docs/operator.md)`,
    )
  }
  world.terminal.tell('asked for; Ctrl-C stops the waiting only')
  const what = `the restore of ${target.title} to ${to}`
  return await waitFor(world, target, { what, patienceMs, step: seen => stepOf(seen, to, before) })
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/

/** In UTC with whole seconds. @throws Failure */
export function timeOf(text: string | undefined, now: number): string {
  if (text === undefined) throw wrong(restore, 'it needs --to TIME')
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) {
    throw wrong(restore, `--to ${text} is no time with a zone, as 2026-11-29T08:30:00Z is`)
  }
  if (at > now) throw wrong(restore, `--to ${text} is in the future`)
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}

interface Source {
  tenant: string
  uid?: string
}

async function sourceOf(world: World, given: Given, tenant: Tenant): Promise<Source | undefined> {
  const from = given.text('from')
  const uid = given.text('from-uid')
  if (from === undefined) {
    if (uid !== undefined) throw wrong(restore, '--from-uid says nothing without --from')
    return undefined
  }
  const name = nameOf(restore, 'TENANT', from)
  if (uid !== undefined) return { tenant: name, uid }
  const other = await see(() => readTenant(world, name))
  // It may be gone: its backups are not, and the operator knows where it was.
  if (other.value) refuseAbroad(tenant, other.value)
  const known = other.value?.metadata.uid
  return { tenant: name, ...(known !== undefined && { uid: known }) }
}

/** The operator refuses it, too; here nothing was asked for yet. */
function refuseAbroad(tenant: Tenant, other: Tenant): void {
  const [here, there] = [tenant, other].map(({ status, spec }) => status?.country ?? spec.country)
  if (here === there) return
  throw new Failure(
    `cannot restore ${tenant.metadata.name} from ${other.metadata.name}: the data is of ${there}, and stays there; ${tenant.metadata.name} is in ${here}`,
  )
}

interface Request {
  name: string
  to: string
  from: Source | undefined
}

async function confirm(
  { terminal }: World,
  given: Given,
  { name, to, from }: Request,
): Promise<void> {
  const source = from === undefined ? 'it was' : `tenant ${from.tenant} was`
  terminal.tell(`Tenant ${name} becomes what ${source} at ${to}.`)
  terminal.tell(
    '- Ingest is closed until it is done: monitors hold their reports, and no data is read.',
  )
  terminal.tell(
    from === undefined
      ? `- What was stored after ${to} is lost, unless the monitors still hold it.`
      : `- All that ${name} has stored so far is lost, unless its monitors still hold it.`,
  )
  if (given.flag('yes')) return
  const answer = await terminal.ask(`Type the tenant's name to go on: `)
  if (answer === undefined) {
    throw new Failure(`cannot restore ${name}: nobody is there to be asked; give --yes`)
  }
  if (answer.trim() !== name) throw new Failure(`nothing was changed: that is not ${name}`)
}

/** What was asked for before is not done again. */
function refuseAgain({ spec }: Changed, { name, to, from }: Request): void {
  const asked = spec.restore
  if (asked?.to !== to || asked.from?.tenant !== from?.tenant || asked.from?.uid !== from?.uid)
    return
  throw new Failure(
    `cannot restore ${name} to ${to} again: it was asked for before, and each value of spec.restore is carried out once; kubectl get tenant ${name} -o jsonpath={.status.restore} tells what became of it, and another second is another restore`,
  )
}

/**
 * The data is there before anybody can use it: ended well is what serves again.
 * @param before id of the restore before this one
 */
export function stepOf(seen: Changed, to: string, before: string | undefined): Step {
  const { restore } = seen.status ?? {}
  if (!restore || restore.id === before) return { goesOn: readiness(seen) }
  const { state, message } = restore
  if (state === 'Refused') {
    return { ended: 'badly', message: `refused, and the data is as it was: ${message ?? ''}` }
  }
  if (state === 'Restoring') return { goesOn: message ?? readiness(seen) }
  if (isReady(seen)) return { ended: 'well', message: `restored to ${to}` }
  return { goesOn: `restored; ${readiness(seen)}` }
}
