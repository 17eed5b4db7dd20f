import type { ClusterAccess } from '../../kubernetes/access.ts'
import { type ApiClient, type ApiPlace, apiClient } from './api-client.ts'
import type { Home, RegionPlan, TenantPlan } from './places.ts'
import { hostOf } from './places.ts'

/** What the platform team reads of a tenant, to speak to its API. */
export async function apiOf(
  tenant: TenantPlan,
  management: ClusterAccess,
  regional: ClusterAccess,
): Promise<ApiClient> {
  const token = await tokenOf(tenant, regional)
  return apiClient({ ...(await placeOf(tenant, management)), token })
}

/** The platform team's own, of a tenant's API. */
export async function tokenOf(
  { name }: Pick<TenantPlan, 'name'>,
  { rest }: ClusterAccess,
): Promise<string> {
  const path = `/api/v1/namespaces/tenant-${name}/secrets/api-platform`
  const { data } = await rest.call('GET', path)
  return Buffer.from(data.password, 'base64').toString()
}

/** Where a tenant's API is reached from outside of the cluster. */
export async function placeOf(
  tenant: TenantPlan,
  management: ClusterAccess,
): Promise<Omit<ApiPlace, 'token'>> {
  return {
    host: hostOf(tenant),
    address: tenant.region.cluster.balancerAddress,
    certificateAuthority: await certificateAuthorityOf(tenant.region, management),
  }
}

/** A one-time code for a monitor at the tenant's site. */
export async function enrolmentCode(api: ApiClient, { site }: TenantPlan<Home>): Promise<string> {
  const { createEnrolmentCode } = await api.query<{ createEnrolmentCode: { code: string } }>(
    'mutation ($site: String!) { createEnrolmentCode(input: { site: $site }) { code } }',
    { site: site.name },
  )
  return createEnrolmentCode.code
}

/** PEM. */
export async function certificateAuthorityOf(
  { name }: Pick<RegionPlan, 'name'>,
  management: ClusterAccess,
): Promise<string> {
  const { status } = await management.rest.call('GET', `/apis/platen.dev/v1alpha1/regions/${name}`)
  return status.certificateAuthority
}
