import type { Condition } from './condition.ts'

export type { Condition }

/** The aspects of a Tenant, in the order in which people read them. */
export const TENANT_CONDITIONS = [
  'Ready',
  'Accepted',
  'CertificatesReady',
  'DatabaseReady',
  'Prepared',
  'IngestReady',
  'ApiReady',
  'EdgeReady',
  'ResidencyVerified',
  'Progressing',
  'Paused',
  'Deleting',
] as const
export type TenantCondition = (typeof TENANT_CONDITIONS)[number]

/** The aspects of a Region. */
export const REGION_CONDITIONS = [
  'Ready',
  'ClusterReachable',
  'PlacementValid',
  'CertificatesReady',
  'BackupLocationVerified',
  'EdgeReady',
  'RolloutPaused',
  'Paused',
  'Deleting',
] as const
export type RegionCondition = (typeof REGION_CONDITIONS)[number]

/** What there is to say about one aspect now. */
export type Finding = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

export interface Moment {
  /** `metadata.generation` of the object that was looked at. */
  generation: number
  /** RFC 3339. */
  now: string
}

/**
 * The conditions with the finding in its place, as new list. The transition time changes only with the status. The same
 * list comes back when nothing changed, so that its owner sees that nothing is to be written.
 */
export function setCondition(
  conditions: readonly Condition[],
  finding: Finding,
  { generation, now }: Moment,
): readonly Condition[] {
  const index = conditions.findIndex(({ type }) => type === finding.type)
  const old = conditions[index]
  const condition: Condition = {
    type: finding.type,
    status: finding.status,
    observedGeneration: generation,
    lastTransitionTime: old?.status === finding.status ? old.lastTransitionTime : now,
    reason: finding.reason,
    message: finding.message,
  }
  if (!old) return [...conditions, condition]
  return isSame(old, condition) ? conditions : conditions.with(index, condition)
}

/** The conditions without those of this type; the same list when there is none. */
export function dropCondition(
  conditions: readonly Condition[],
  type: string,
): readonly Condition[] {
  const kept = conditions.filter(condition => condition.type !== type)
  return kept.length === conditions.length ? conditions : kept
}

export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find(condition => condition.type === type)
}

/** Unknown and missing are not true. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True'
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration
  )
}
