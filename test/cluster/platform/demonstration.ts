import type { ClusterAccess } from '../../kubernetes/access.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import { CLUSTERS, type ClusterPlan, MANAGEMENT } from '../clusters.ts'
import { regionBackup } from '../services/store-keys.ts'
import { until } from '../wait.ts'
import { apiOf, certificateAuthorityOf } from './customer.ts'
import { connectRegion, installOperator } from './operator.ts'
import { hostOf, REGIONS, type RegionPlan, TENANTS, type TenantPlan } from './places.ts'
import { type Release, regionObject, tenantObject } from './resources.ts'
import { openSite, type Site } from './sites.ts'
import { formatTable } from './table.ts'

export interface Demonstration {
  /** In the order of CLUSTERS. */
  clusters: ClusterAccess[]
  release: Release
  tell: (line: string) => void
}

/** Everything as a platform team and its customers would do it: charts, custom resources, one-time codes. */
export async function demonstrate(d: Demonstration): Promise<string> {
  const management = accessOf(d, MANAGEMENT)
  const step = stepsOf(d.tell)
  await step('operator', async () => {
    for (const region of REGIONS.filter(({ cluster }) => cluster !== MANAGEMENT)) {
      await connectRegion(management, region, accessOf(d, region.cluster))
    }
    await installOperator(management, d.release)
  })
  await step('regions', async () => {
    await Promise.all(REGIONS.map(region => openRegion(d, region)))
    await untilReady(management, 'regions', REGIONS)
  })
  await management.kubectl(['apply', '-f', '-'], { input: TENANTS.map(tenantObject) })
  await step('tenants', () => untilReady(management, 'tenants', TENANTS))
  const sites = await Promise.all(TENANTS.map(tenant => siteOf(d, tenant)))
  await step('routes', () => Promise.all(sites.map(untilAnswers)))
  await step('sites', async () => {
    for (const site of sites) await openSite(site)
  })
  await step('printers', () => Promise.all(sites.map(untilReported)))
  return formatTable([HEAD, ...(await Promise.all(sites.map(site => rowOf(management, site))))])
}

/** The operator makes the region's namespace, and then waits for what only the platform team has. */
async function openRegion(d: Demonstration, region: RegionPlan): Promise<void> {
  const { spec, secret } = await regionBackup(region.cluster, region.name)
  const object = regionObject(region, d.release, spec)
  await accessOf(d, MANAGEMENT).kubectl(['apply', '-f', '-'], { input: [object] })
  const regional = accessOf(d, region.cluster)
  await until(`the namespace of ${region.name} is there`, async () => {
    await regional.rest.call('GET', `/api/v1/namespaces/${secret.metadata.namespace}`)
    return undefined
  })
  await regional.kubectl(['apply', '--server-side', '-f', '-'], { input: [secret] })
}

export function accessOf({ clusters }: Pick<Demonstration, 'clusters'>, plan: ClusterPlan) {
  const found = clusters[CLUSTERS.findIndex(one => one.name === plan.name)]
  if (!found) throw new Error(`cannot reach ${plan.name}: it is not up`)
  return found
}

function stepsOf(tell: (line: string) => void) {
  return async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const begin = performance.now()
    await work()
    tell(`${name.padEnd(12)} ready   ${((performance.now() - begin) / 1000).toFixed(1)} s`)
  }
}

async function untilReady(
  { rest }: ClusterAccess,
  kind: 'regions' | 'tenants',
  wanted: { name: string }[],
): Promise<void> {
  for (const { name } of wanted) {
    await until(`${kind} ${name} is ready`, async () => {
      const { status } = await rest.call('GET', `/apis/platen.dev/v1alpha1/${kind}/${name}`)
      const ready = conditionIn(status, 'Ready')
      return ready?.status === 'True' ? undefined : `${ready?.reason} ${ready?.message ?? ''}`
    })
  }
}

function conditionIn(status: KubeObject, type: string): KubeObject | undefined {
  return status?.conditions?.find((one: KubeObject) => one.type === type)
}

async function siteOf(d: Demonstration, tenant: TenantPlan): Promise<Site> {
  const management = accessOf(d, MANAGEMENT)
  const cluster = accessOf(d, tenant.region.cluster)
  return {
    tenant,
    cluster,
    api: await apiOf(tenant, management, cluster),
    certificateAuthority: await certificateAuthorityOf(tenant.region, management),
    release: d.release,
  }
}

interface Seen {
  devices: { totalCount: number }
  monitors: { nodes: { lastContactAt: string | null }[] }
}

const SEEN = '{ devices(first: 1) { totalCount } monitors(first: 1) { nodes { lastContactAt } } }'

/** The kubelet brings a new route to the edge when it comes by. */
async function untilAnswers({ api, tenant }: Site): Promise<void> {
  await until(`the API of ${tenant.name} answers`, async () => {
    await api.query('{ __typename }')
    return undefined
  })
}

async function untilReported({ api, tenant }: Site): Promise<void> {
  await until(`the printers of ${tenant.name} are in GraphQL`, async () => {
    const { totalCount } = (await api.query<Seen>(SEEN)).devices
    return totalCount >= tenant.printers
      ? undefined
      : `${totalCount} of ${tenant.printers} are there`
  })
}

const HEAD = [
  'TENANT',
  'COUNTRY',
  'REGION',
  'CLUSTER',
  'VERIFIED',
  'DEVICES',
  'LAST REPORT',
  'GRAPHQL',
]

async function rowOf({ rest }: ClusterAccess, { tenant, api }: Site): Promise<string[]> {
  const path = `/apis/platen.dev/v1alpha1/tenants/${tenant.name}`
  const { status, spec } = await rest.call('GET', path)
  const { devices, monitors } = await api.query<Seen>(SEEN)
  return [
    tenant.name,
    spec.country,
    status.region,
    tenant.region.cluster.name,
    conditionIn(status, 'ResidencyVerified')?.status ?? 'Unknown',
    String(devices.totalCount),
    monitors.nodes[0]?.lastContactAt ?? 'never',
    `https://${hostOf(tenant)}/graphql`,
  ]
}
