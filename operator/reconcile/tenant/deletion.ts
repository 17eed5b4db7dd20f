import { type KubernetesObject, nameOf, type ObjectRef, refOf } from '../../cluster/object.ts'
import { ANNOTATIONS, LABELS } from '../../names.ts'
import { isCloudNativePg } from '../../render/database-address.ts'
import { renderDatabase, renderFinalBackup, renderNamespace } from '../../render/index.ts'
import { networkPolicies } from '../../render/network-policies.ts'
import { applyAll, newestOf } from '../apply.ts'
import { giveUpFinalizer, hasFinalizer } from '../finalizer.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import type { Reason } from '../reasons.ts'
import { stopBackups } from './close.ts'
import { closeRoute } from './edge.ts'
import { homeOf } from './home.ts'
import { inputOf } from './input.ts'
import { notKnown } from './known.ts'
import { databasesIn, type FoundNamespace, findNamespace } from './namespace.ts'
import { type StackScope, stackScope, type TenantScope } from './scope.ts'

const SOON_MS = 2_000

/**
 * Takes a tenant down, one step at a time, each visible in the condition `Deleting`: nobody new gets in, what was sent is
 * written down, then the data is kept or, after a last backup, goes. What is not certainly this tenant's is left alone.
 */
export async function takeDown(s: TenantScope): Promise<Outcome> {
  if (!hasFinalizer(s.tenant)) return done
  if (!s.conditions.is('Deleting', 'True')) s.report.normal('Deleting', 'the stack is taken down')
  s.conditions.set('Deleting', 'True', { reason: 'Deleting', message: 'the stack is taken down' })
  const name = regionName(s)
  if (name === undefined) return await neverPlaced(s)
  const region = s.regions.find(one => one.metadata.name === name)
  if (!region) return regionGone(name)
  const stack = stackScope(s, region)
  return stack ? await takeDownIn(stack) : unreachable(name)
}

/** The status tells it; where somebody emptied it, the spec, or the tenant's own namespace. */
function regionName(s: TenantScope): string | undefined {
  const named = s.regions.find(one => one.metadata.name === s.tenant.spec.regionRef?.name)
  return s.status.region ?? named?.metadata.name ?? homeOf(s)
}

/** So nothing was ever made: unless the status was emptied, and a cluster that nobody can look into holds a namespace. */
async function neverPlaced(s: TenantScope): Promise<Outcome> {
  const [region] = notKnown(s)
  return region ? unreachable(region.metadata.name) : await release(s)
}

function regionGone(name: string): Outcome {
  return refused(
    'Deleting',
    'RegionNotFound',
    `cannot delete the stack: Region ${name} does not exist; create it again, or remove the finalizer by hand once nothing of the tenant is left`,
  )
}

function unreachable(name: string): Outcome {
  return waitFor(
    'Deleting',
    'Unreachable',
    `cannot delete the stack: the cluster of Region ${name} does not answer or is not ready; it goes on when it is`,
    30_000,
  )
}

async function takeDownIn(s: StackScope): Promise<Outcome> {
  const found = await findNamespace(s)
  if (!found) return await release(s, 'Deleted', 'nothing of the tenant is left')
  if (found.annotations[ANNOTATIONS.tenantUid] !== s.tenant.metadata.uid) {
    const message = `namespace ${s.namespace} was not made for this Tenant and is left as it is`
    return await release(s, 'Retained', message)
  }
  if (found.deleting) return step(await whatHolds(s))
  s.databases = databasesIn(found)
  for (const next of s.tenant.spec.deletionPolicy === 'Delete' ? DELETE : RETAIN) {
    const outcome = await next(s, found)
    if (outcome.kind !== 'done') return outcome
  }
  return done
}

type Step = (s: StackScope, found: FoundNamespace) => Promise<Outcome>

const RETAIN: readonly Step[] = [closeRoute, stopServing, retain]
const DELETE: readonly Step[] = [mayDelete, closeRoute, stopServing, backUp, deleteNamespace]

/** Deployments and what works by the clock, but for backups; the monitors' outboxes hold what comes from now on. */
async function stopServing(s: StackScope): Promise<Outcome> {
  const objects = s.target.cache.ofTenant(s.tenant.metadata.name)
  for (const part of ['ingest', 'api', 'expire']) {
    const own = objects.filter(({ labels }) => labels[LABELS.name] === part)
    const serving = own.filter(({ ref, deleting }) => !deleting && SERVING.has(ref.kind))
    for (const { ref, uid } of serving)
      await s.target.cluster.delete(ref, uid, { signal: s.signal })
    const isLeft = own.some(({ ref }) => SERVING.has(ref.kind) || ref.kind === 'Pod')
    if (isLeft) return step(`stopping ${part}`)
  }
  return done
}

const SERVING = new Set(['CronJob', 'Deployment', 'PodDisruptionBudget', 'Service'])

async function retain(s: StackScope): Promise<Outcome> {
  const [namespace] = renderNamespace(inputOf(s))
  if (!namespace) throw new Error('cannot render the namespace')
  const how = `Tenant ${s.tenant.metadata.name} was deleted with deletionPolicy Retain; create it again with country ${s.tenant.spec.country} in Region ${s.region.metadata.name} to adopt this data, or delete this namespace`
  namespace.metadata.annotations = {
    ...namespace.metadata.annotations,
    [ANNOTATIONS.retained]: how,
  }
  await applyAll(s.target, [namespace], s.signal)
  return await release(
    s,
    'Retained',
    `namespace ${s.namespace} keeps the database, its backups and the Secrets`,
  )
}

async function mayDelete(s: StackScope): Promise<Outcome> {
  if (s.region.spec.backup || !(await hasData(s))) return done
  return refused(
    'Deleting',
    'DeletionRefused',
    `cannot delete the data: Region ${s.region.metadata.name} has no backup, so no final one can be taken; set spec.deletionPolicy to Retain, and delete namespace ${s.namespace} yourself afterwards`,
  )
}

/**
 * Nothing was ever written before a claim has its volume. Everything hangs on this answer, so it is the API server's own,
 * and about all claims of the namespace, whoever made them.
 */
async function hasData({ target, namespace, signal }: StackScope): Promise<boolean> {
  const kind = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }
  for await (const { spec } of target.cluster.list(kind, { namespace, signal })) {
    if ((spec as { volumeName?: string }).volumeName) return true
  }
  return false
}

/** The database has to run for it, also that of a suspended tenant, or of one that was adopted without a StatefulSet. */
async function backUp(s: StackScope): Promise<Outcome> {
  if (!(await hasData(s))) return done
  const { tenant } = s
  const awake = { ...inputOf(s), tenant: { ...tenant, spec: { ...tenant.spec, suspend: false } } }
  const [backup] = renderFinalBackup(awake)
  if (!backup) return await noPlaceYet(s)
  const database = renderDatabase(awake)
  const isArchive = isCloudNativePg(awake)
  if (isArchive || !database.some(object => runs(s, object)))
    await applyAll(s.target, database, s.signal)
  // The way to the store was closed while nobody knew where that is.
  await applyAll(s.target, networkPolicies(awake), s.signal)
  const ref = refOf(backup)
  // One that has begun cannot be changed, whatever becomes of the Region or of what is rendered meanwhile.
  if (!newestOf(s.target, ref)) await applyAll(s.target, [backup], s.signal)
  return stateOf(s, ref)
}

async function noPlaceYet(s: StackScope): Promise<Outcome> {
  await stopBackups(s)
  const { name } = s.region.metadata
  return waitFor(
    'Deleting',
    'FinalBackup',
    `cannot make the final backup: the object store of Region ${name} has not said yet that the bucket is where it must be; see the Region's condition BackupLocationVerified, or set spec.deletionPolicy to Retain`,
    30_000,
  )
}

function runs({ target }: StackScope, object: KubernetesObject): boolean {
  const facts = newestOf(target, refOf(object))?.facts
  return facts?.kind === 'workload' && facts.desired > 0
}

function stateOf({ target }: StackScope, ref: ObjectRef): Outcome {
  const facts = newestOf(target, ref)?.facts
  const state = facts?.kind === 'job' ? facts.state : 'running'
  if (state === 'succeeded') return done
  if (state === 'running') return step(`waiting for ${nameOf(ref)}`, 'FinalBackup')
  return refused(
    'Deleting',
    'FinalBackupFailed',
    `${nameOf(ref)} failed: see its log, then delete it to try again, or set spec.deletionPolicy to Retain`,
  )
}

async function deleteNamespace(s: StackScope, { uid }: FoundNamespace): Promise<Outcome> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: s.namespace }
  await s.target.cluster.delete(ref, uid, { signal: s.signal })
  return step('waiting for the end of the namespace')
}

interface Namespace extends KubernetesObject {
  status?: { conditions?: { type: string; status: string; message?: string }[] }
}

/** In the words of the namespace controller: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/ */
async function whatHolds(s: StackScope): Promise<string> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: s.namespace }
  const stored = (await s.target.cluster.get(ref, { signal: s.signal })) as Namespace | undefined
  const holding = stored?.status?.conditions?.filter(({ status }) => status === 'True') ?? []
  const reasons = holding.map(({ message }) => message ?? '').sort()
  return ['waiting for the end of the namespace', ...reasons].join('; ')
}

async function release(s: TenantScope, reason?: Reason, message = ''): Promise<Outcome> {
  if (reason) s.report.normal(reason, message)
  await giveUpFinalizer(s.management, s.tenant, s.signal)
  s.isGone = true
  return done
}

function step(message: string, reason: Reason = 'Deleting'): Outcome {
  return waitFor('Deleting', reason, message, SOON_MS)
}
