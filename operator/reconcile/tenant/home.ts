import { ANNOTATIONS, tenantNamespace } from '../../names.ts'
import { newestOf } from '../apply.ts'
import type { TenantScope } from './scope.ts'

/**
 * Name of the Region in which the tenant's data is, whatever its spec says by now: by its status, or, where somebody
 * emptied that, by its own namespace. Undefined: it was not placed yet.
 */
export function homeOf(s: TenantScope): string | undefined {
  return s.status.region ?? s.seenElsewhere(undefined).find(region => hasOwnNamespace(s, region))
}

function hasOwnNamespace({ tenant, runtimeOf }: TenantScope, region: string): boolean {
  const { name, uid } = tenant.metadata
  const target = runtimeOf(region)?.target
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: tenantNamespace(name) }
  const observed = target && newestOf(target, ref)
  return observed?.annotations[ANNOTATIONS.tenantUid] === uid
}
