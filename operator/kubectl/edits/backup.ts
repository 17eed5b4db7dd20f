import { ANNOTATIONS, LABELS, tenantNamespace } from '../../names.ts'
import type { TenantStatus } from '../../resources/tenant.ts'
import { type Call, type Command, onlyTenant } from '../command.ts'
import { STATUS } from '../failure.ts'
import type { Workload } from '../objects.ts'
import { type Home, homeOf, readTenant } from '../read.ts'
import { see } from '../seen.ts'
import { annotate, newRequest } from './annotate.ts'
import { type Changed, targetOf } from './target.ts'
import { patienceOf, readiness, type Step, WAIT_OPTION, waitFor } from './wait.ts'

export const backup: Command = {
  name: 'backup',
  takes: 'TENANT',
  summary: 'has a backup taken now',
  about: `
Sets the annotation platen.dev/backup to a new value: the operator takes a backup beside those of the Region's schedule. With
--wait it is waited for, and what was done is said.`,
  options: { wait: { help: 'wait until it is taken' }, ...WAIT_OPTION },
  statuses: { wrong: 'the backup failed' },
  run,
}

async function run({ world, names, given }: Call): Promise<number> {
  const name = onlyTenant(backup, names)
  const target = targetOf(backup, names, given)
  const patienceMs = patienceOf(backup, given)
  const request = newRequest(new Date())
  const ask = () => annotate(world, target, ANNOTATIONS.backup, request)
  const what = `the backup ${request} of ${target.title}`
  if (!given.flag('wait')) {
    await ask()
    world.terminal.print(`asked for ${what}`)
    return STATUS.done
  }
  const home = await homeOf(world, await readTenant(world, name))
  const before = new Set((await askedWork(home, name)).map(({ metadata }) => metadata.uid))
  await ask()
  const newest = async () =>
    (await askedWork(home, name)).findLast(({ metadata }) => !before.has(metadata.uid))
  const step = async (seen: Changed) => stepOf(seen, request, await newest())
  return await waitFor(world, target, { what, patienceMs, step })
}

/** A Job, or a Backup of CloudNativePG. */
export interface Work extends Workload {
  status?: Workload['status'] & { error?: string }
}

/** What was made because somebody asked, the newest last; nothing: none yet, or it is not readable. */
async function askedWork({ region, kubectl }: Home, tenant: string): Promise<Work[]> {
  const { value: reader } = kubectl
  if (!reader) return []
  const isCnpg = region.value?.spec.database.kind === 'cnpg'
  const kind = isCnpg ? 'backups.postgresql.cnpg.io' : 'jobs.batch'
  const where = { namespace: tenantNamespace(tenant), labels: `${LABELS.name}=backup` }
  const all = (await see(() => reader.list<Work>(kind, where))).value ?? []
  return all
    .filter(({ metadata }) => metadata.name.startsWith('asked-'))
    .toSorted((a, b) => createdAt(a).localeCompare(createdAt(b)))
}

const createdAt = ({ metadata }: Work) => metadata.creationTimestamp ?? ''

export function stepOf(seen: Changed, request: string, work: Work | undefined): Step {
  const status = seen.status?.backup ?? {}
  if (status.handled === request) return { ended: 'well', message: taken(status) }
  if (!work) return { goesOn: readiness(seen) }
  const name = `${work.kind} ${work.metadata.name}`
  const why = failureOf(work)
  if (why === undefined) return { goesOn: `${name} runs` }
  return { ended: 'badly', message: `the backup failed: ${name}: ${why}` }
}

function failureOf({ status }: Work): string | undefined {
  if (status?.phase === 'failed') return status.error ?? ''
  const failed = status?.conditions?.find(
    ({ type, status: is }) => type === 'Failed' && is === 'True',
  )
  return failed && (failed.message ?? failed.reason ?? '')
}

function taken({ label, at, archivedTo }: NonNullable<TenantStatus['backup']>): string {
  const which = label === undefined ? '' : ` ${label}`
  const when = at === undefined ? '' : ` at ${at}`
  const reach = archivedTo === undefined ? '' : `; the archive reached to ${archivedTo} then`
  return `the backup${which} was taken${when}${reach}`
}
