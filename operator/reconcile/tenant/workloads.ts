import { type KubernetesObject, refOf } from '../../cluster/object.ts'
import type { Observed } from '../../cluster/observed.ts'
import { applyAll, newestOf } from '../apply.ts'
import { done, type Outcome, waitFor } from '../outcome.ts'
import { progressOf } from '../workload.ts'
import { noteBackups } from './backups.ts'
import type { StackScope } from './scope.ts'
import { isSettled } from './turn.ts'

/** Takes the monitors' reports. It starts when the database is ready, verified and prepared, and stops at once when the stack is closed. */
export async function ingest(s: StackScope): Promise<Outcome> {
  const outcome = await workload(s, 'IngestReady', s.stack.ingest)
  if (s.accepting || s.tenant.spec.suspend === true) return outcome
  return waitFor('IngestReady', 'Violated', 'closed: see ResidencyVerified')
}

/** Serves the tenant's people, and enrols monitors. */
export async function api(s: StackScope): Promise<Outcome> {
  return await workload(s, 'ApiReady', s.stack.api)
}

/** Retention and backups by the clock. */
export async function periodic(s: StackScope): Promise<Outcome> {
  if (mayStart(s)) await applyAll(s.target, s.stack.periodic, s.signal)
  noteBackups(s)
  return done
}

async function workload(
  s: StackScope,
  condition: 'IngestReady' | 'ApiReady',
  objects: KubernetesObject[],
): Promise<Outcome> {
  const deployment = objects.find(({ kind }) => kind === 'Deployment')
  if (!deployment)
    throw new Error(`cannot find the Deployment of ${condition} among the rendered objects`)
  if (!mayStart(s)) {
    return waitFor(condition, 'Waiting', 'waiting for the database and its migrations')
  }
  const ref = refOf(deployment)
  const isHeld = s.held && hasPods(newestOf(s.target, ref))
  const written = isHeld ? 0 : await applyAll(s.target, objects, s.signal)
  if (s.tenant.spec.suspend === true)
    return waitFor(condition, 'Suspended', 'the tenant is suspended')
  const observed = newestOf(s.target, ref)
  if (written === 0 && s.conditions.is(condition, 'True') && isUnseen(observed)) return done
  const progress = progressOf(observed)
  if (progress.kind !== 'ready') return waitFor(condition, progress.reason, progress.message)
  s.conditions.set(condition, 'True', { reason: 'Ready' })
  return done
}

/** Only pods that run wait for their turn to change: a stack that was closed opens again whenever it may. */
function hasPods(observed: Observed | undefined): boolean {
  return observed?.facts.kind === 'workload' && observed.facts.desired > 0
}

/** Somebody else's annotation makes another generation of a Deployment, too: its controller will soon have seen it. */
function isUnseen(observed: Observed | undefined): boolean {
  return observed?.facts.kind === 'workload' && !observed.facts.current
}

/** What runs already is repaired whatever the database does; what is new waits for it. Suspending waits for nothing. */
function mayStart(s: StackScope): boolean {
  if (isSettled(s) || s.tenant.spec.suspend === true) return true
  return s.databaseReady && s.prepared
}
