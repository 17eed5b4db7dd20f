import { tenantHost } from '../../names.ts'
import type { Region } from '../../resources/region.ts'
import { addFinalizer, hasFinalizer } from '../finalizer.ts'
import { type Outcome, type Refused, waitFor } from '../outcome.ts'
import { note } from '../outcomes.ts'
import { isPaused } from '../paused.ts'
import { takeDown } from './deletion.ts'
import { homeOf } from './home.ts'
import { findNamespace, isOwn } from './namespace.ts'
import { PHASES } from './phases.ts'
import { place } from './place.ts'
import { allUnknown, residencyUnknown } from './ready.ts'
import { residency } from './residency.ts'
import { type StackScope, stackScope, type TenantScope } from './scope.ts'

/**
 * One look at a tenant: what is wrong is put right as far as that goes now. True: nothing is left to do, and the newest
 * spec is in force.
 */
export async function reconcileTenant(s: TenantScope): Promise<boolean> {
  try {
    return await look(s)
  } finally {
    sayTheSame(s)
  }
}

async function look(s: TenantScope): Promise<boolean> {
  if (isPaused(s, s.tenant)) {
    residencyUnknown(s.conditions, 'Paused', 'nobody looks while the Tenant is paused')
    return false
  }
  if (s.tenant.metadata.deletionTimestamp !== undefined) {
    residencyUnknown(s.conditions, 'Deleting', 'nobody looks while the stack is taken down')
    return note(s, await takeDown(s))
  }
  const home = homeOf(s)
  const placed = place(s.tenant, s.regions, home)
  if (placed.kind === 'refused') return await refuse(s, placed, home)
  if (!hasFinalizer(s.tenant)) s.wrote(await addFinalizer(s.management, s.tenant, s.signal))
  return await build(s, placed.region)
}

async function build(s: TenantScope, region: Region): Promise<boolean> {
  const stack = stackScope(s, region)
  if (stack) return await runPhases(stack)
  return note(s, whyNot(s, region))
}

/** A tenant that has data is looked after where that is, whatever its spec says by now. */
async function refuse(
  s: TenantScope,
  refusal: Refused,
  home: string | undefined,
): Promise<boolean> {
  const region = s.regions.find(({ metadata }) => metadata.name === home)
  const stack = region && stackScope(s, region)
  if (stack) await hold(stack)
  else if (region) note(s, whyNot(s, region))
  else residencyUnknown(s.conditions, 'NotObserved', 'nobody knows where to look; see Accepted')
  // The last word: the others accept what is only not ready.
  return note(s, refusal)
}

/** Every phase has its say, unless an essential one is not done: a database that is away is no reason not to repair the API. */
async function runPhases(s: StackScope): Promise<boolean> {
  let areDone = true
  for (const { run, isEssential } of PHASES) {
    const isDone = note(s, await run(s))
    areDone &&= isDone
    if (isEssential && !isDone) return await hold(s)
    if (s.frozen) return false
    if (isEssential) accepted(s)
  }
  return areDone
}

/** Nothing is applied, but where the data is stays observed, and a broken promise still closes the stack. */
async function hold(s: StackScope): Promise<boolean> {
  if (isOwn(s, await findNamespace(s))) note(s, await residency(s))
  else residencyUnknown(s.conditions, 'NotObserved', 'the tenant has no namespace; see Accepted')
  return false
}

/** What the status says of residency is what the condition says. */
function sayTheSame({ status, conditions }: TenantScope): void {
  const condition = conditions.get('ResidencyVerified')
  if (condition) status.residency = { ...status.residency, verified: condition.status }
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
 * region yet, what was said before stays: an operator that starts anew must not make everything look broken. But it does
 * not stay for long: what nobody looks after must not look well.
 */
function whyNot(s: TenantScope, region: Region): Outcome {
  const { name } = region.metadata
  s.conditions.set('Accepted', 'True', { reason: 'Accepted' })
  if (isAway(s, region)) {
    const message = `nothing is seen in the cluster of Region ${name}; see its condition ClusterReachable`
    allUnknown(s.conditions, 'Unreachable', message)
    return waitFor('Progressing', 'Unreachable', message, AGAIN_MS)
  }
  const message = `waiting for the keys of Region ${name}; see its conditions`
  const isNew = s.status.namespace === undefined
  if (isNew) return waitFor('CertificatesReady', 'Waiting', message, AGAIN_MS)
  const since = s.runtimeOf(name)?.since ?? s.since
  const leftMs = since + PATIENCE_MS - s.now.getTime()
  if (leftMs <= 0) allUnknown(s.conditions, 'NotObserved', message)
  return waitFor('Progressing', 'Waiting', message, leftMs > 0 ? leftMs : AGAIN_MS)
}

/** Its own connection may not tell: of another cluster, or of one of which a part cannot be watched. */
function isAway({ runtimeOf }: TenantScope, { metadata, status }: Region): boolean {
  if (runtimeOf(metadata.name)?.isReachable() === false) return true
  const reachable = status?.conditions?.find(({ type }) => type === 'ClusterReachable')
  return reachable !== undefined && reachable.status !== 'True'
}

const AGAIN_MS = 30_000
/** How long it may take to get to know a region. */
const PATIENCE_MS = 60_000
