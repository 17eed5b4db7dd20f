import type { ObjectMeta } from '../../cluster/object.ts'
import type { Observed } from '../../cluster/observed.ts'
import { ANNOTATIONS, LABELS, MANAGED_BY } from '../../names.ts'
import { renderNamespace } from '../../render/index.ts'
import { applyAll, newestOf } from '../apply.ts'
import { done, type Outcome, type Refused, refused, waitFor } from '../outcome.ts'
import { inputOf } from './input.ts'
import { notKnown } from './known.ts'
import type { StackScope } from './scope.ts'

/** The tenant's namespace: made, kept, or taken over from an earlier Tenant of the same name; never one of somebody else. */
export async function namespace(s: StackScope): Promise<Outcome> {
  const problem = elsewhere(s)
  if (problem) return problem
  const found = await findNamespace(s)
  const unknown = found ? undefined : maybeElsewhere(s)
  if (unknown) return unknown
  if (found?.deleting) {
    return waitFor(
      'Accepted',
      'NamespaceTerminating',
      `waiting for the end of namespace ${s.namespace}, which is being deleted`,
      10_000,
    )
  }
  const refusal = found && whyNotOurs(s, found)
  if (refusal) return refusal
  await applyAll(s.target, renderNamespace(inputOf(s)), s.signal)
  if (found && found.annotations[ANNOTATIONS.tenantUid] !== s.tenant.metadata.uid) {
    s.report.normal('Adopted', `took over namespace ${s.namespace} and the data in it`)
  }
  return done
}

/** A Tenant that was made again with another country or region must not get an empty stack beside its old data. */
function elsewhere(s: StackScope): Refused | undefined {
  const [other] = s.seenElsewhere(s.region)
  if (other === undefined) return undefined
  const { name } = s.tenant.metadata
  return refused(
    'Accepted',
    'RegionChanged',
    `cannot make Tenant ${name} in Region ${s.region.metadata.name}: its data is in Region ${other}; name that Region in spec.regionRef, or delete the namespace ${s.namespace} there`,
  )
}

/**
 * Before the first object of a new tenant is made. Only the Regions of its country are waited for: one of another country
 * that never answers must not hold up everybody.
 */
function maybeElsewhere(s: StackScope): Outcome | undefined {
  const { metadata, spec } = s.tenant
  if (s.status.region !== undefined) return undefined
  const other = notKnown(s).find(one => one.spec.countries.includes(spec.country))
  if (!other) return undefined
  const { name } = other.metadata
  return waitFor(
    'Accepted',
    'Waiting',
    `waiting to know whether data of an earlier Tenant ${metadata.name} is in Region ${name}, whose cluster is not known yet; see its conditions`,
    1_000,
  )
}

export interface FoundNamespace {
  uid: string
  deleting: boolean
  labels: Record<string, string>
  annotations: Record<string, string>
}

/** The cache only knows namespaces with our labels: where it knows none, the server has the last word. */
export async function findNamespace(s: StackScope): Promise<FoundNamespace | undefined> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: s.namespace }
  const observed: Observed | undefined = newestOf(s.target, ref)
  if (observed) return observed
  const stored = await s.target.cluster.get(ref, { signal: s.signal })
  return stored && fromMeta(stored.metadata)
}

export function fromMeta({
  uid = '',
  deletionTimestamp,
  labels = {},
  annotations = {},
}: ObjectMeta) {
  return { uid, deleting: deletionTimestamp !== undefined, labels, annotations }
}

function whyNotOurs(s: StackScope, found: FoundNamespace): Refused | undefined {
  const { tenant, region, namespace } = s
  const { annotations } = found
  const { name, uid } = tenant.metadata
  const own = annotations[ANNOTATIONS.tenantUid] === uid
  if (!own && !isLeftBy(name, found)) {
    return refused(
      'Accepted',
      'NamespaceNotOurs',
      `cannot use namespace ${namespace}: it exists and was not made for Tenant ${name}; delete it, or give the Tenant another name`,
    )
  }
  const { country = tenant.spec.country, region: before = region.metadata.name } = placeOf(found)
  if (country !== tenant.spec.country) {
    return refused(
      'Accepted',
      'CountryChanged',
      `cannot move Tenant ${name} from ${country} to ${tenant.spec.country}: its data is in namespace ${namespace}, and a tenant's country never changes; make the Tenant with country ${country}`,
    )
  }
  if (before === region.metadata.name) return undefined
  return refused(
    'Accepted',
    'RegionChanged',
    `cannot move Tenant ${name} from Region ${before} to ${region.metadata.name}: its data is in namespace ${namespace}, and a tenant's region never changes; name Region ${before} in spec.regionRef`,
  )
}

function placeOf({ annotations }: FoundNamespace) {
  const country = annotations[ANNOTATIONS.country]
  const region = annotations[ANNOTATIONS.region]
  return { ...(country !== undefined && { country }), ...(region !== undefined && { region }) }
}

/** By an earlier Tenant of this name: its uid differs because it was deleted, or the CRD was reinstalled. */
export function isLeftBy(tenant: string, { labels, annotations }: FoundNamespace): boolean {
  return (
    labels[LABELS.tenant] === tenant &&
    labels[LABELS.managedBy] === MANAGED_BY &&
    annotations[ANNOTATIONS.tenantUid] !== undefined
  )
}
