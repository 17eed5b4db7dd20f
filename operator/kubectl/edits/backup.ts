import { ANNOTATIONS, LABELS, tenantNamespace } from '../../names.ts'
import type { TenantStatus } from '../../resources/tenant.ts'
import { type Call, type Command, onlyTenant } from '../command.ts'
import { STATUS } from '../failure.ts'
import type { Kubectl } from '../kubectl.ts'
import type { Workload } from '../objects.ts'
import { homeOf, readTenant } from '../read.ts'
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
  await annotate(world, target, ANNOTATIONS.backup, request)
  const what = `the backup ${request} of ${target.title}`
  if (!given.flag('wait')) {
    world.terminal.print(`asked for ${what}`)
    return STATUS.done
  }
  const { kubectl } = await homeOf(world, await readTenant(world, name))
  const step = async (seen: Changed) =>
    stepOf(seen, request, await newestJob(kubectl.value, name, request))
  return await waitFor(world, target, { what, patienceMs, step })
}

/** The Job that was made for the request; undefined: none yet, or it is not readable. */
async function newestJob(
  kubectl: Kubectl | undefined,
  tenant: string,
  request: string,
): Promise<Workload | undefined> {
  if (!kubectl) return undefined
  const where = { namespace: tenantNamespace(tenant), labels: `${LABELS.name}=backup` }
  const jobs = (await see(() => kubectl.list<Workload>('jobs.batch', where))).value ?? []
  return jobs
    .filter(({ metadata }) => metadata.name.startsWith('asked-'))
    .filter(({ metadata }) => newRequest(new Date(metadata.creationTimestamp ?? 0)) >= request)
    .at(-1)
}

export function stepOf(seen: Changed, request: string, job: Workload | undefined): Step {
  const status = seen.status?.backup ?? {}
  if (status.handled === request) return { ended: 'well', message: taken(status) }
  if (!job) return { goesOn: readiness(seen) }
  const { name } = job.metadata
  const failed = job.status?.conditions?.find(
    ({ type, status: is }) => type === 'Failed' && is === 'True',
  )
  if (!failed) return { goesOn: `Job ${name} runs` }
  const why = failed.message ?? failed.reason ?? ''
  return { ended: 'badly', message: `the backup failed: Job ${name}: ${why}` }
}

function taken({ label, at, archivedTo }: NonNullable<TenantStatus['backup']>): string {
  const which = label === undefined ? '' : ` ${label}`
  const when = at === undefined ? '' : ` at ${at}`
  const reach = archivedTo === undefined ? '' : `; the archive reached to ${archivedTo} then`
  return `the backup${which} was taken${when}${reach}`
}
