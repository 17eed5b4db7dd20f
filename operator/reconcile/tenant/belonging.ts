import type { Tenant } from '../../resources/tenant.ts'

/** The region that a tenant is in, or is meant for; undefined: it was not placed yet. */
export function regionOf({ spec, status }: Tenant): string | undefined {
  return status?.region ?? spec.regionRef?.name
}

export function tenantsOf(region: string, tenants: readonly Tenant[]): Tenant[] {
  return tenants.filter(tenant => regionOf(tenant) === region)
}
