import { nameOf, type ObjectRef, refOf } from '../../cluster/object.ts'
import type { Observed } from '../../cluster/observed.ts'
import { servingOf } from '../../render/served.ts'
import { applyAll, newestOf } from '../apply.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import { progressOf } from '../workload.ts'
import { missingKind } from './missing-kind.ts'
import type { StackScope } from './scope.ts'

const CONDITION = 'DatabaseReady'
const OPERATOR = { condition: CONDITION, install: 'the CloudNativePG operator' }

/** The tenant's PostgreSQL. It is ready when it runs, and not before it was seen to be inside the region. */
export async function database(s: StackScope): Promise<Outcome> {
  const workload = s.stack.database.find(({ kind }) => kind === 'StatefulSet' || kind === 'Cluster')
  if (!workload) throw new Error('cannot find the database among the rendered objects')
  const ref = refOf(workload)
  const missing = await missingKind(s, ref, OPERATOR)
  if (missing) return missing
  if (s.restoring === 'closing') {
    return waitFor(CONDITION, 'Restoring', 'waiting for ingest and API to end', SOON_MS)
  }
  if (isRefusedEmpty(s, ref)) return restoreRefused(s)
  if (startsEmpty(s, ref)) return waitFor(CONDITION, 'Restoring', restoringMessage(s))
  if (!s.held) await applyAll(s.target, s.stack.database, s.signal)
  const outcome = stateOf(s, ref)
  if (outcome.kind !== 'done') return outcome
  s.databaseReady = true
  if (isRefused(s)) return restoreRefused(s)
  s.conditions.set(CONDITION, 'True', { reason: 'Ready' })
  return done
}

/** It was to begin with a backup, and there is none to begin with: rather than start empty it does not start. */
function isRefusedEmpty(s: StackScope, ref: ObjectRef): boolean {
  return isRefused(s) && newestOf(s.target, ref) === undefined
}

/** Also one that was carried out before, on a volume that was made anew since. */
function isRefused({ status: { restore } }: StackScope): boolean {
  if (restore?.state === 'Restored') return restore.message !== undefined
  return restore?.state === 'Refused'
}

/** It is to begin with a backup, of which no Cluster can be made yet. */
function startsEmpty(s: StackScope, ref: ObjectRef): boolean {
  const isCluster = ref.kind === 'Cluster' && s.restoring !== undefined
  return isCluster && s.recovery === undefined && newestOf(s.target, ref) === undefined
}

function restoreRefused({ status }: StackScope): Outcome {
  return refused(CONDITION, 'RestoreRefused', status.restore?.message ?? '')
}

function stateOf(s: StackScope, ref: ObjectRef): Outcome {
  const progress = progressOf(newestOf(s.target, ref))
  if (s.tenant.spec.suspend === true) {
    return waitFor(CONDITION, 'Suspended', 'the tenant is suspended')
  }
  if (s.restoring) return waitFor(CONDITION, 'Restoring', restoringMessage(s))
  if (progress.kind !== 'ready' && isRefused(s)) return restoreRefused(s)
  if (progress.kind !== 'ready') return waitFor(CONDITION, progress.reason, progress.message)
  const leaving = leavingClaim(s)
  if (leaving !== undefined) return refused(CONDITION, 'ClaimDeleting', leaving)
  if (s.placeVerified) return done
  return waitFor(CONDITION, 'NotObserved', 'waiting to see where its pod and volume are')
}

function restoringMessage({ status, tenant }: StackScope): string {
  return status.restore?.message ?? `back to ${tenant.spec.restore?.to}`
}

/** What a restore has taken the place of may go. */
function isServing({ databases }: StackScope, { labels }: Observed): boolean {
  const cluster = labels['cnpg.io/cluster']
  return cluster === undefined || cluster === servingOf(databases).name
}

const SOON_MS = 2_000

/** Kubernetes keeps a claim in use; with the end of the pod the data is gone, and the next pod gets an empty volume. */
function leavingClaim(s: StackScope): string | undefined {
  const claim = s.target.cache
    .ofTenant(s.tenant.metadata.name)
    .find(claim => claim.facts.kind === 'claim' && claim.deleting && isServing(s, claim))
  if (!claim) return undefined
  return `somebody deleted ${nameOf(claim.ref)}: its data goes when its pod ends; back it up now, while the pod runs`
}
