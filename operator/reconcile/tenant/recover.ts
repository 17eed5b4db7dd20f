import type { ObjectRef } from '../../cluster/object.ts'
import type { Observed } from '../../cluster/observed.ts'
import { ANNOTATIONS, tenantNamespace } from '../../names.ts'
import { renderNamespace } from '../../render/index.ts'
import {
  type Archive,
  archiveOf,
  FIRST,
  readServed,
  servedAt,
  servingOf,
} from '../../render/served.ts'
import { mayBackUp } from '../../residency/backup-location.ts'
import type { Tenant, TenantStatus } from '../../resources/tenant.ts'
import { applyAll, newestOf } from '../apply.ts'
import { progressOf } from '../workload.ts'
import { inputOf } from './input.ts'
import type { StackScope } from './scope.ts'

/** What became of a restore. */
export interface Told {
  state: NonNullable<TenantStatus['restore']>['state']
  message?: string
}

/**
 * Restores a database of CloudNativePG's: beside the Cluster that serves, which sleeps meanwhile, another one is made of the
 * backup. Once that is healthy it takes the other one's place. When it cannot be made, the other one is woken.
 * @param id of what `spec.restore` asks for.
 * @returns undefined: it is on its way, and `s.recovery` is the Cluster, once nothing runs any more that it takes the place of.
 */
export async function recover(s: StackScope, id: string): Promise<Told | undefined> {
  const name = `${FIRST[0].name}-${id}`
  // Somebody took spec.restore away and put it back.
  if (servingOf(s.databases).name === name) return { state: 'Restored' }
  if (s.databases.some(one => one.name === name)) return refused(BEFORE)
  const from = sourceOf(s)
  if (typeof from === 'string') return refused(from)
  const made = newestOf(s.target, clusterRef(s, name))
  const progress = progressOf(made)
  if (progress.kind === 'failed') {
    const why = `CloudNativePG could not make Cluster ${s.namespace}/${name}: ${progress.message}; look at the log of its Job, and delete it`
    return refused(why)
  }
  // One that sleeps was begun and given up, and may hold nothing.
  if (progress.kind === 'ready' && runs(made)) return await takePlace(s, name)
  if (!mayBackUp(s.region.spec.backup, s.context.bucket))
    return { state: 'Restoring', message: UNSEEN }
  const serving = newestOf(s.target, clusterRef(s, servingOf(s.databases).name))
  const mayBegin = made !== undefined || !runs(serving)
  if (mayBegin && !s.tenant.spec.suspend) {
    s.recovery = { cluster: name, from, isFirst: serving === undefined }
  }
  return undefined
}

function runs(observed: Observed | undefined): boolean {
  return observed?.facts.kind === 'workload' && observed.facts.ready > 0
}

const BEFORE = 'it was restored to that time before; name another second, if that is meant again'

const UNSEEN =
  'waiting for the object store to say that the bucket is where it must be; see BackupLocationVerified of the Region'

/** Written down at once: whatever happens, nobody shall take the other one for the database any more. */
async function takePlace(s: StackScope, name: string): Promise<Told> {
  const before = newestOf(s.target, clusterRef(s, servingOf(s.databases).name))
  const since = `${s.now.toISOString().slice(0, 19)}Z`
  s.databases = before ? [...s.databases, { name, since }] : [{ name }]
  await applyAll(s.target, renderNamespace(inputOf(s)), s.signal)
  return { state: 'Restored' }
}

function clusterRef({ namespace }: StackScope, name: string): ObjectRef {
  return { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', namespace, name }
}

function refused(why: string): Told {
  return { state: 'Refused', message: `cannot restore: ${why}` }
}

/** The folder in the bucket, or why there is none. */
function sourceOf(s: StackScope): Archive | string {
  const { metadata, spec } = s.tenant
  const { to, from } = spec.restore ?? { to: '' }
  if (Date.parse(to) > s.now.getTime())
    return `${to} lies in the future; name a time that has passed`
  const region = s.region.metadata.name
  const isOwn = from?.tenant === metadata.name && (from.uid ?? metadata.uid) === metadata.uid
  if (!from || isOwn) return archiveOf(s.tenant, region, servedAt(s.databases, to))
  return sourceOfOther(s, from, to)
}

/** What another Tenant has left in this cluster tells more than its name: which it was, where, and what it had restored. */
function sourceOfOther(
  s: StackScope,
  from: { tenant: string; uid?: string },
  to: string,
): Archive | string {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: tenantNamespace(from.tenant) }
  const { annotations = {} } = newestOf(s.target, ref) ?? {}
  const uid = from.uid ?? annotations[ANNOTATIONS.tenantUid]
  if (uid === undefined) {
    return `nothing of Tenant ${from.tenant} is left in this cluster; name its uid in spec.restore.from.uid`
  }
  const left = uid === annotations[ANNOTATIONS.tenantUid] ? annotations : {}
  const foreign = foreignTo(s, left)
  if (foreign !== undefined)
    return `the backups of Tenant ${from.tenant} are of ${foreign}, and data stays where it belongs; name a Tenant of this one's country and Region`
  const tenant: Tenant = { ...s.tenant, metadata: { name: from.tenant, uid } }
  const chain = readServed(left[ANNOTATIONS.databases])
  return archiveOf(tenant, s.region.metadata.name, servedAt(chain, to))
}

/** Of one that is gone nothing tells it; but the archive's name does, and that of another country is not found. */
function foreignTo({ tenant, region }: StackScope, left: Record<string, string>) {
  const { [ANNOTATIONS.country]: country, [ANNOTATIONS.region]: place } = left
  if (country !== undefined && country !== tenant.spec.country) {
    return `${country}, not ${tenant.spec.country}`
  }
  const { name } = region.metadata
  return place !== undefined && place !== name ? `Region ${place}, not ${name}` : undefined
}
