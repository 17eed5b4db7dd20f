import { type Call, type Command, onlyTenant } from '../command.ts'
import { STATUS } from '../failure.ts'
import { TENANTS } from '../read.ts'
import { annotate, newRequest } from './annotate.ts'
import { type Changed, targetOf } from './target.ts'
import { patienceOf, readiness, type Step, WAIT_OPTION, waitFor } from './wait.ts'

/** On a Tenant: a backup is taken for each new value. */
const ANNOTATION = 'platen.dev/backup'

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
  onlyTenant(backup, names)
  const target = targetOf(backup, names, given)
  const patienceMs = patienceOf(backup, given)
  const request = newRequest(new Date())
  await annotate(world, { ...target, kind: TENANTS }, ANNOTATION, request)
  const what = `the backup ${request} of ${target.title}`
  if (given.flag('wait')) {
    return await waitFor(world, target, { what, patienceMs, step: seen => stepOf(seen, request) })
  }
  world.terminal.print(`asked for ${what}`)
  return STATUS.done
}

/** `status.backup` of a Tenant, as far as it is read here. */
interface BackupStatus {
  /** The value of the annotation that was carried out last. */
  request?: string
  outcome?: 'Succeeded' | 'Failed'
  /** RFC 3339. */
  at?: string
  message?: string
}

export function stepOf(seen: Changed, request: string): Step {
  const status = (seen.status?.backup ?? {}) as BackupStatus
  if (status.request !== request || status.outcome === undefined) {
    return { goesOn: status.message ?? readiness(seen) }
  }
  const said = status.message ? `: ${status.message}` : ''
  if (status.outcome === 'Failed') return { ended: 'badly', message: `the backup failed${said}` }
  return {
    ended: 'well',
    message: `the backup was taken${status.at ? ` at ${status.at}` : ''}${said}`,
  }
}
