import type { ObjectMeta } from '../../cluster/object.ts'
import type { Observed } from '../../cluster/observed.ts'
import { ANNOTATIONS, LABELS, MANAGED_BY } from '../../names.ts'
import { renderNamespace } from '../../render/index.ts'
import { readServed, type ServedChain } from '../../render/served.ts'
import { applyAll, newestOf } from '../apply.ts'
import { done, type Outcome, type Refused, refused, waitFor } from '../outcome.ts'
import { inputOf } from './input.ts'
import { notKnown } from './known.ts'
import type { StackScope } from './scope.ts'

/** The tenant's namespace: made, kept, or taken over from an earlier Tenant of the same name; never one of somebody else. */
export async function namespace(s: StackScope): Promise<Outcome> {
  const found = await findNamespace(s)
  const problem = isOwn(s, found) ? undefined : elsewhere(s)
  if (problem) return problem
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
  s.databases = databasesIn(found)
  await applyAll(s.target, renderNamespace(inputOf(s)), s.signal)
  if (found && !isOwn(s, found)) {
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
    5_000,
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

/** CloudNativePG's Clusters that held the data in it. */
export function databasesIn(found: FoundNamespace | undefined): ServedChain {
  return readServed(found?.annotations[ANNOTATIONS.databases])
}

/** Whether it is certainly this Tenant's. */
export function isOwn({ tenant }: StackScope, found: FoundNamespace | undefined): boolean {
  return found?.annotations[ANNOTATIONS.tenantUid] === tenant.metadata.uid && !found?.deleting
}

function whyNotOurs(s: StackScope, found: FoundNamespace): Refused | undefined {
  const { tenant, namespace } = s
  const { name } = tenant.metadata
  if (isOwn(s, found)) return otherCountry(s, found) ?? otherRegion(s, found) ?? noRegion(s, found)
  if (isLeftBy(name, found)) return otherCountry(s, found) ?? otherRegion(s, found)
  return refused(
    'Accepted',
    'NamespaceNotOurs',
    `cannot use namespace ${namespace}: it exists and was not made for Tenant ${name}; delete it, or give the Tenant another name`,
  )
}

function otherCountry(s: StackScope, { annotations }: FoundNamespace): Refused | undefined {
  const { tenant, namespace, status } = s
  const { name } = tenant.metadata
  const { country } = tenant.spec
  const before = annotations[ANNOTATIONS.country]
  if (before === undefined || before === country) return undefined
  const sentence =
    status.country === country
      ? edited(s, 'country', before)
      : `cannot move Tenant ${name} from ${before} to ${country ?? 'nowhere'}: its data is in namespace ${namespace}, and a tenant's country never changes; make the Tenant with country ${before}`
  return refused('Accepted', 'CountryChanged', sentence)
}

function otherRegion(s: StackScope, { annotations }: FoundNamespace): Refused | undefined {
  const { tenant, namespace, region, status } = s
  const { name } = region.metadata
  const before = annotations[ANNOTATIONS.region]
  if (before === undefined || before === name) return undefined
  const sentence =
    status.region === name
      ? edited(s, 'region', before)
      : `cannot move Tenant ${tenant.metadata.name} from Region ${before} to ${name}: its data is in namespace ${namespace}, and a tenant's region never changes; name Region ${before} in spec.regionRef`
  return refused('Accepted', 'RegionChanged', sentence)
}

/** The Tenant is as it was accepted: the record was changed. */
function edited({ tenant, namespace, status }: StackScope, what: 'country' | 'region', to: string) {
  return `cannot keep Tenant ${tenant.metadata.name} right: the annotation ${ANNOTATIONS[what]} of namespace ${namespace} was changed from ${status[what]} to ${to}; set it to ${status[what]} again`
}

/** It named its Region, and does not any more. */
function noRegion({ tenant }: StackScope, { annotations }: FoundNamespace): Refused | undefined {
  const named = annotations[ANNOTATIONS.regionRef]
  if (named === undefined || tenant.spec.regionRef) return undefined
  return refused(
    'Accepted',
    'RegionChanged',
    `cannot leave the region of Tenant ${tenant.metadata.name} open: it was named, and never goes away again; set spec.regionRef.name to ${named} again`,
  )
}

/** By an earlier Tenant of this name: its uid differs because it was deleted, or the CRD was reinstalled. */
export function isLeftBy(tenant: string, { labels, annotations }: FoundNamespace): boolean {
  return (
    labels[LABELS.tenant] === tenant &&
    labels[LABELS.managedBy] === MANAGED_BY &&
    annotations[ANNOTATIONS.tenantUid] !== undefined
  )
}
