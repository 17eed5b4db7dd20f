import { tenantHost } from '../../names.ts'
import type { Region } from '../../resources/region.ts'
import { addFinalizer, hasFinalizer } from '../finalizer.ts'
import { type Outcome, waitFor } from '../outcome.ts'
import { note } from '../outcomes.ts'
import { isPaused } from '../paused.ts'
import { takeDown } from './deletion.ts'
import { PHASES } from './phases.ts'
import { place } from './place.ts'
import { allUnknown } from './ready.ts'
import { type StackScope, stackScope, type TenantScope } from './scope.ts'

/**
 * One look at a tenant: what is wrong is put right as far as that goes now. True: nothing is left to do, and the newest
 * spec is in force.
 */
export async function reconcileTenant(s: TenantScope): Promise<boolean> {
  if (isPaused(s, s.tenant)) return false
  if (s.tenant.metadata.deletionTimestamp !== undefined) {
    return note(s, await takeDown(s))
  }
  const placed = place(s.tenant, s.regions)
  if (placed.kind === 'refused') return note(s, placed)
  if (!hasFinalizer(s.tenant)) s.wrote(await addFinalizer(s.management, s.tenant, s.signal))
  return await build(s, placed.region)
}

async function build(s: TenantScope, region: Region): Promise<boolean> {
  const stack = stackScope(s, region)
  if (stack) return await runPhases(stack)
  return note(s, whyNot(s, region))
}

/** Every phase has its say, unless an essential one is not done: a database that is away is no reason not to repair the API. */
async function runPhases(s: StackScope): Promise<boolean> {
  let areDone = true
  for (const { run, isEssential } of PHASES) {
    const isDone = note(s, await run(s))
    areDone &&= isDone
    if (isEssential && !isDone) return false
    if (isEssential) accepted(s)
  }
  return areDone
}

/** From here on the tenant belongs to its region, whatever becomes of the spec. */
function accepted(s: StackScope): void {
  const { tenant, region, status, conditions } = s
  conditions.set('Accepted', 'True', { reason: 'Accepted' })
  status.country = tenant.spec.country
  status.region = region.metadata.name
  status.namespace = s.namespace
  status.host = tenantHost(tenant.metadata.name, region.spec.domain)
}

/**
 * While the region's cluster does not answer, nothing can be said. While this operator has only not come to know the
 * region yet, what was said before stays: an operator that starts anew must not make everything look broken.
 */
function whyNot(s: TenantScope, region: Region): Outcome {
  const { name } = region.metadata
  s.conditions.set('Accepted', 'True', { reason: 'Accepted' })
  if (!isAway(s, region)) {
    const message = `waiting for the keys of Region ${name}; see its conditions`
    const isNew = !s.conditions.is('CertificatesReady', 'True')
    return waitFor(isNew ? 'CertificatesReady' : 'Progressing', 'Waiting', message)
  }
  const message = `the cluster of Region ${name} does not answer; see its condition ClusterReachable`
  allUnknown(s.conditions, message)
  return waitFor('Progressing', 'Unreachable', message, UNREACHABLE_MS)
}

/** The Region's own condition counts where there is no connection that could tell. */
function isAway({ runtimeOf }: TenantScope, { metadata, status }: Region): boolean {
  const runtime = runtimeOf(metadata.name)
  if (runtime) return !runtime.isReachable()
  const reachable = status?.conditions?.find(({ type }) => type === 'ClusterReachable')
  return reachable !== undefined && reachable.status !== 'True'
}

const UNREACHABLE_MS = 30_000
