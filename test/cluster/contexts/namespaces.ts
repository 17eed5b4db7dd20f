import { OPERATOR_NAMESPACE } from '../platform/operator.ts'
import { type Home, REGIONS, type RegionPlan, TENANTS } from '../platform/places.ts'
import { siteNamespace } from '../platform/sites.ts'

export const STORE_NAMESPACE = 'platen-demonstration'

export const regionNamespace = ({ name }: Pick<RegionPlan, 'name'>) => `platen-region-${name}`

/** All that the demonstration makes in a cluster, those by the operator among them. */
export function namespacesIn({ name }: Pick<Home, 'name'>): string[] {
  const regions = REGIONS.filter(({ cluster }) => cluster.name === name)
  const tenants = TENANTS.filter(({ region }) => regions.includes(region))
  return [
    OPERATOR_NAMESPACE,
    STORE_NAMESPACE,
    ...regions.map(regionNamespace),
    ...tenants.flatMap(tenant => [`tenant-${tenant.name}`, siteNamespace(tenant)]),
  ]
}
