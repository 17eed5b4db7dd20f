import { MANAGEMENT } from '../../cluster/clusters.ts'
import { apiOf } from '../../cluster/platform/customer.ts'
import { REGIONS, type TenantPlan } from '../../cluster/platform/places.ts'
import { tenantObject } from '../../cluster/platform/resources.ts'
import { until } from '../../cluster/wait.ts'
import type { Platform } from '../platform.ts'

/** Tenants that nobody else reports to, so that all that their databases hold can be computed. */
export const LOADED: [TenantPlan, TenantPlan] = [planOf('load-a'), planOf('load-b')]

/** In the region that serves the country. */
export function planOf(name: string, country = 'DE'): TenantPlan {
  const region = REGIONS.find(({ countries }) => countries.includes(country))
  if (!region)
    throw new Error(`cannot plan ${name}: no region of the demonstration serves ${country}`)
  return {
    name,
    displayName: `Load ${name}`,
    country,
    region,
    site: { name: 'site', displayName: 'Site' },
    printers: 0,
  }
}

/** Makes the Tenants anew, whatever a run that was killed left of them, and waits until their APIs answer through the edge. */
export async function openTenants(platform: Platform, tenants: TenantPlan[]): Promise<void> {
  await closeTenants(platform, tenants)
  const management = platform.cluster(MANAGEMENT)
  const objects = tenants.map(tenantObject)
  for (const object of objects) object.spec.deletionPolicy = 'Delete'
  await management.kubectl(['apply', '-f', '-'], { input: objects })
  for (const tenant of tenants) {
    await until(`the API of ${tenant.name} answers`, async () => {
      const api = await apiOf(tenant, management, platform.cluster(tenant.region.cluster))
      await api.query('{ __typename }')
      return undefined
    })
  }
}

export async function closeTenants(platform: Platform, tenants: TenantPlan[]): Promise<void> {
  const names = tenants.map(({ name }) => name)
  const args = ['delete', 'tenant', ...names, '--ignore-not-found', '--timeout=300s']
  await platform.cluster(MANAGEMENT).kubectl(args)
}
