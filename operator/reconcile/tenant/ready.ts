import type { Conditions } from '../conditions.ts'
import { deriveReady } from '../ready.ts'
import type { Reason } from '../reasons.ts'

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

/** In the order in which they come true; the first that is not says why the tenant is not ready. */
const NEEDED: readonly TenantCondition[] = [
  'Accepted',
  'CertificatesReady',
  'DatabaseReady',
  'Prepared',
  'IngestReady',
  'ApiReady',
  'EdgeReady',
  'ResidencyVerified',
]

export function deriveTenantReady(conditions: Conditions): void {
  deriveReady(conditions, NEEDED)
}

/** Nothing can be said any more about what was seen before. */
export function allUnknown(conditions: Conditions, reason: Reason, message: string): void {
  const others = NEEDED.slice(1).filter(type => type !== RESIDENCY)
  for (const type of others) conditions.set(type, 'Unknown', { reason, message })
  residencyUnknown(conditions, reason, message)
}

const RESIDENCY: TenantCondition = 'ResidencyVerified'

/** Nobody looks any more: what was verified is not said on. What was violated stays so until it was seen again. */
export function residencyUnknown(conditions: Conditions, reason: Reason, message: string): void {
  if (!conditions.get(RESIDENCY) || conditions.is(RESIDENCY, 'False')) return
  conditions.set(RESIDENCY, 'Unknown', { reason, message })
}
