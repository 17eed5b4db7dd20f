import { ANNOTATIONS, LABELS, tenantIn } from '../../names.ts'
import type { Tenant } from '../../resources/tenant.ts'
import type { Target } from '../apply.ts'
import { endBackups } from '../end-backups.ts'
import { asksForPause } from '../paused.ts'
import type { RegionScope } from './scope.ts'

/** Of tenants that no reconcile of their own looks after: paused, being deleted, or gone and their data retained. */
export async function endUnattendedBackups(
  { region, tenants, signal, report }: RegionScope,
  target: Target,
): Promise<void> {
  const attended = new Set(tenants.filter(isAttended).map(({ metadata }) => metadata.uid))
  for (const { ref, labels, annotations } of target.cache.namespaces()) {
    const tenant = tenantIn(ref.name)
    if (tenant === undefined || labels[LABELS.region] !== region.metadata.name) continue
    if (attended.has(annotations[ANNOTATIONS.tenantUid])) continue
    const objects = target.cache.ofTenant(tenant)
    const inside = objects.filter(({ ref: { namespace } }) => namespace === ref.name)
    await endBackups({ target, signal, report }, inside)
  }
}

function isAttended(tenant: Tenant): boolean {
  return tenant.metadata.deletionTimestamp === undefined && !asksForPause(tenant)
}
