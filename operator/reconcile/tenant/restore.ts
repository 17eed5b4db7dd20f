import { LABELS } from '../../names.ts'
import { isCloudNativePg } from '../../render/database-address.ts'
import { noBackup, restoreId, wasRestored } from '../../render/restore.ts'
import { isOver } from '../../residency/pods.ts'
import { done, type Outcome } from '../outcome.ts'
import { closeOtherClusters, closeWorkload } from './close.ts'
import { inputOf } from './input.ts'
import { recover, type Told } from './recover.ts'
import type { StackScope } from './scope.ts'

/**
 * What `spec.restore` asks for, once for each value. Before the database's pod is made anew, whose container `restore` does
 * it, all that uses the database has ended: nobody may acknowledge a report to a monitor, or remember what it wrote,
 * across the change.
 */
export async function restore(s: StackScope): Promise<Outcome> {
  const outcome = await carryOut(s)
  await closeOtherClusters(s)
  return outcome
}

async function carryOut(s: StackScope): Promise<Outcome> {
  const id = restoreId(s.tenant)
  if (id === undefined) return forget(s)
  if (isSettled(s, id)) return done
  if (wasRestored(s.status, id)) return keep(s, id, toldOf(s, id))
  const told = whyNot(s) ?? (isCloudNativePg(inputOf(s)) ? await recover(s, id) : toldOf(s, id))
  if (told && told.state !== 'Restoring') return settle(s, id, told)
  await begin(s, id, told)
  await closeWorkload(s, 'ingest')
  await closeWorkload(s, 'api')
  s.restoring = isClosed(s) ? 'closed' : 'closing'
  return done
}

/** As long as the container says nothing else: on a volume that was made anew it refuses, or what it refused it can do now. */
function isSettled(s: StackScope, id: string): boolean {
  const { restore: known } = s.status
  if (known?.id !== id || known.state === 'Restoring') return false
  const told = toldOf(s, id)
  return told === undefined || (told.state === known.state && told.message === known.message)
}

/**
 * What was carried out once is not carried out again: the container says why it does not begin on a volume that was made anew
 * since, and as long as the status says `Restored` it stays so (`carriedOut` of the ConfigMap).
 */
function keep(s: StackScope, id: string, told: Told | undefined): Outcome {
  note(s, id, { state: 'Restored', ...(told?.message !== undefined && { message: told.message }) })
  return done
}

function forget({ status }: StackScope): Outcome {
  delete status.restore
  return done
}

function whyNot({ region }: StackScope): Told | undefined {
  return region.spec.backup ? undefined : { state: 'Refused', message: noBackup(region) }
}

const STATES: Readonly<Record<string, Told['state']>> = {
  restored: 'Restored',
  refused: 'Refused',
  failed: 'Restoring',
}

/** In the words of `services/database/image/restore.sh`: a state, the restore that it is about, and why. */
function toldOf(s: StackScope, id: string): Told | undefined {
  for (const { facts, labels } of s.target.cache.ofTenant(s.tenant.metadata.name)) {
    if (facts.kind !== 'pod' || labels[LABELS.name] !== 'database') continue
    const [, verb = '', about, why] = /^(\w+) (\w+) ?(.*)$/s.exec(facts.told ?? '') ?? []
    const state = STATES[verb]
    if (state && about === id) return { state, ...(why && { message: `cannot restore: ${why}` }) }
  }
  return undefined
}

/** Written down before anything is closed. */
async function begin(s: StackScope, id: string, told: Told | undefined): Promise<void> {
  const isNew = s.status.restore?.id !== id
  note(s, id, told ?? { state: 'Restoring' })
  if (isNew) await s.flush()
}

function settle(s: StackScope, id: string, told: Told): Outcome {
  note(s, id, told)
  if (told.state === 'Restored') {
    s.report.normal('Restored', `the database is as it was at ${s.tenant.spec.restore?.to}`)
  }
  return done
}

function note({ status, now }: StackScope, id: string, { state, message }: Told): void {
  const isSame = status.restore?.id === id && status.restore.state === state
  const at = isSame ? status.restore?.at : `${now.toISOString().slice(0, 19)}Z`
  status.restore = {
    id,
    state,
    ...(message !== undefined && { message: message.slice(0, 1024) }),
    ...(at !== undefined && { at }),
  }
}

/** A pod that was evicted stays behind as a record, and uses nothing. */
function isClosed({ target, tenant }: StackScope): boolean {
  const objects = target.cache.ofTenant(tenant.metadata.name)
  return !objects.some(
    ({ facts, labels }) =>
      facts.kind === 'pod' && !isOver(facts) && USERS.has(labels[LABELS.name] ?? ''),
  )
}

/** Of the database, by `app.kubernetes.io/name`; Jobs end by themselves, and hold nothing that outlives them. */
const USERS = new Set(['ingest', 'api'])
