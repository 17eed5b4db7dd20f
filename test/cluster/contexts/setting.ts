import type { ClusterAccess } from '../../kubernetes/access.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import {
  type Home,
  REGIONS,
  type RegionPlan,
  TENANTS,
  type TenantPlan,
} from '../platform/places.ts'
import type { Setting } from '../platform/setting.ts'
import { backupTo } from '../services/store-keys.ts'
import { regionalNodes, regionOf, serverOf } from './check.ts'
import { type Forward, forward } from './forward.ts'
import type { Seen } from './look.ts'
import { CLASS } from './mark.ts'
import { regionNamespace } from './namespaces.ts'
import { storeHost, storeKeysOf } from './store.ts'

/** A cluster of a context, and the Region that it holds. */
export interface Place {
  cluster: ClusterAccess
  seen: Seen
  region: RegionPlan<Home>
}

/**
 * The demonstration's Region in that cluster. No DNS zone is anybody's there, so its domain is one that the cluster's own
 * DNS serves: each tenant's host is a Service beside the edge.
 */
export function placeOf(cluster: ClusterAccess, seen: Seen): Place {
  const plan = REGIONS.find(region => region.cluster.name === cluster.name) as RegionPlan
  const region = regionOf(regionalNodes(seen)[0])
  return {
    cluster,
    seen,
    region: {
      ...plan,
      cluster: { name: plan.cluster.name, region },
      domain: `${regionNamespace(plan)}.svc`,
      storageClass: CLASS,
      edge: 'ClusterIP',
    },
  }
}

function tenantsIn(region: RegionPlan<Home>): TenantPlan<Home>[] {
  return TENANTS.filter(tenant => tenant.region.name === region.name).map(tenant => ({
    ...tenant,
    region,
  }))
}

/** @param ways ends the ways to the edges that were asked for. */
export function settingOf(
  places: Place[],
  { egressPorts, ways }: { egressPorts: number[]; ways: AsyncDisposableStack },
): Setting {
  const at = (region: RegionPlan<Home>) => places.find(one => one.region === region) as Place
  const forwards = new Map<string, Promise<Forward>>()

  async function wayTo(region: RegionPlan<Home>): Promise<Forward> {
    const namespace = regionNamespace(region)
    return ways.use(await forward(at(region).cluster, { namespace, name: 'edge' }))
  }

  return {
    regions: places.map(({ region }) => region),
    tenants: places.flatMap(({ region }) => tenantsIn(region)),
    egressPorts,
    serverOf: region => serverOf(at(region).seen) ?? '',
    async groundOf(region) {
      const store = { host: storeHost(region), location: region.cluster.region }
      const { spec, secret } = backupTo(store, await storeKeysOf(region), region.name)
      return { backup: spec, objects: [secret, ...tenantsIn(region).map(hostService)] }
    },
    async edgeOf(region) {
      const way = forwards.get(region.name) ?? wayTo(region)
      forwards.set(region.name, way)
      return { address: '127.0.0.1', port: (await way).port }
    },
  }
}

/** What `*.DOMAIN` of a DNS zone would do: the tenant's host leads to the edge. */
export function hostService({ name, region }: TenantPlan<Home>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: regionNamespace(region) },
    spec: {
      selector: { 'app.kubernetes.io/name': 'edge', 'platen.dev/region': region.name },
      ports: [
        { name: 'tls', port: 443, targetPort: 'tls' },
        { name: 'xmpp', port: 5222, targetPort: 'xmpp' },
      ],
    },
  }
}
