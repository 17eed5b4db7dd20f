import type { ClusterAccess } from '../../kubernetes/access.ts'
import { type ApiClient, apiClient } from './api-client.ts'
import type { RegionPlan, TenantPlan } from './places.ts'
import { hostOf } from './places.ts'

/** What the platform team reads of a tenant, to speak to its API. */
export async function apiOf(
  tenant: TenantPlan,
  management: ClusterAccess,
  regional: ClusterAccess,
): Promise<ApiClient> {
  const path = `/api/v1/namespaces/tenant-${tenant.name}/secrets/api-platform`
  const { data } = await regional.rest.call('GET', path)
  return apiClient({
    host: hostOf(tenant),
    address: tenant.region.cluster.balancerAddress,
    certificateAuthority: await certificateAuthorityOf(tenant.region, management),
    token: Buffer.from(data.password, 'base64').toString(),
  })
}

/** PEM. */
export async function certificateAuthorityOf(
  { name }: RegionPlan,
  management: ClusterAccess,
): Promise<string> {
  const { status } = await management.rest.call('GET', `/apis/platen.dev/v1alpha1/regions/${name}`)
  return status.certificateAuthority
}
