import { tenantNamespace } from '../../names.ts'
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import { type LastReport, lastReport } from '../api/last-report.ts'
import type { World } from '../command.ts'
import type { KubeEvent, Pod, Workload } from '../objects.ts'
import { homeOf } from '../read.ts'
import { type Seen, see } from '../seen.ts'
import { regards } from './events.ts'

export const EVENTS = 'events.v1.events.k8s.io'

/** All that can be seen of one tenant. */
export interface Sight {
  tenant: Tenant
  region: Seen<Region>
  /** How messages call the region's cluster. */
  cluster: Seen<string>
  stack: Record<'deployments' | 'statefulSets' | 'clusters' | 'jobs', Seen<Workload[]>>
  pods: Seen<Pod[]>
  events: Record<'of the tenant' | 'in its namespace', Seen<KubeEvent[]>>
  lastReport: Seen<LastReport | undefined>
}

export interface LookOptions {
  /** `HOST[:PORT]` of the edge, where the name service does not tell. */
  edge: string | undefined
}

export async function lookAt(world: World, tenant: Tenant, options: LookOptions): Promise<Sight> {
  const home = await homeOf(world, tenant)
  const namespace = tenantNamespace(tenant.metadata.name)

  async function list<T>(kind: string): Promise<Seen<T[]>> {
    const kubectl = home.kubectl.value
    return kubectl
      ? await see(() => kubectl.list<T>(kind, { namespace }))
      : { why: home.kubectl.why ?? '' }
  }
  const isCnpg = home.region.value?.spec.database.kind === 'cnpg'
  const own = async (): Promise<Seen<KubeEvent[]>> =>
    await see(async () => {
      const all = await world.management.list<KubeEvent>(EVENTS, { namespace: 'default' })
      return all.filter(regards('Tenant', tenant.metadata.name))
    })
  const [deployments, statefulSets, clusters, jobs, pods, events, ownEvents, report] =
    await Promise.all([
      list<Workload>('deployments.apps'),
      list<Workload>('statefulsets.apps'),
      isCnpg ? list<Workload>('clusters.postgresql.cnpg.io') : { value: [] },
      list<Workload>('jobs.batch'),
      list<Pod>('pods'),
      list<KubeEvent>(EVENTS),
      own(),
      lastReport(world, { tenant, home, edge: options.edge }),
    ])
  return {
    tenant,
    region: home.region,
    cluster: home.kubectl.value
      ? { value: home.kubectl.value.cluster }
      : { why: home.kubectl.why ?? '' },
    stack: { deployments, statefulSets, clusters, jobs },
    pods,
    events: { 'of the tenant': ownEvents, 'in its namespace': events },
    lastReport: report,
  }
}
