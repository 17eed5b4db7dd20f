import type { KubeObject } from '../../kubernetes/rest.ts'
import type { ClusterPlan } from '../clusters.ts'
import { serverUrl } from '../clusters.ts'
import { regionBackup } from '../services/store-keys.ts'
import { type Home, REGIONS, type RegionPlan, TENANTS, type TenantPlan } from './places.ts'

/** Where the demonstration takes place: what depends on who made the clusters. */
export interface Setting<Cluster extends Home = Home> {
  regions: RegionPlan<Cluster>[]
  tenants: TenantPlan<Cluster>[]
  /** TCP ports beyond the chart's own that the operator needs: of API servers and object stores. */
  egressPorts: number[]
  /** The API server of a region's cluster, as the operator's pods reach it. */
  serverOf(region: RegionPlan<Cluster>): string
  groundOf(region: RegionPlan<Cluster>): Promise<Ground>
  /** Where this machine reaches a region's edge. */
  edgeOf(region: RegionPlan<Cluster>): Promise<{ address: string; port: number }>
}

/** What a platform team has ready for a region. */
export interface Ground {
  /** The Region's `spec.backup`. */
  backup: KubeObject
  /** What belongs in the region's namespace, beside what the operator makes there. */
  objects: KubeObject[]
}

/** The clusters that were made for it: DNS, object stores and load balancers are there. */
export const LOCAL: Setting<ClusterPlan> = {
  regions: REGIONS,
  tenants: TENANTS,
  egressPorts: [],
  serverOf: ({ cluster }) => serverUrl(cluster),
  async groundOf({ cluster, name }) {
    const { spec, secret } = await regionBackup(cluster, name)
    return { backup: spec, objects: [secret] }
  },
  edgeOf: async ({ cluster }) => ({ address: cluster.balancerAddress, port: 443 }),
}
