import type { ClusterAccess } from '../../kubernetes/access.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import { untilAvailable } from '../available.ts'
import { CLUSTERS, MANAGEMENT } from '../clusters.ts'
import { until } from '../wait.ts'
import { apiClient } from './api-client.ts'
import { hasCloudNativePg } from './cloud-native-pg.ts'
import { certificateAuthorityOf, tokenOf } from './customer.ts'
import { connectRegion, installOperator, OPERATOR_NAMESPACE } from './operator.ts'
import { type Home, hostOf, type RegionPlan, type TenantPlan } from './places.ts'
import { type Release, regionObject, tenantObject } from './resources.ts'
import type { Setting } from './setting.ts'
import { openSite, type Site } from './sites.ts'
import { formatTable } from './table.ts'

export interface Demonstration {
  /** In the order of CLUSTERS. */
  clusters: ClusterAccess[]
  release: Release
  setting: Setting
  tell: (line: string) => void
}

/** Everything as a platform team and its customers would do it: charts, custom resources, one-time codes. */
export async function demonstrate(d: Demonstration): Promise<string> {
  const management = accessOf(d, MANAGEMENT)
  const { regions, tenants } = d.setting
  const step = stepsOf(d.tell)
  await step('operator', async () => {
    for (const region of regions.filter(({ cluster }) => cluster.name !== MANAGEMENT.name)) {
      const cluster = accessOf(d, region.cluster)
      const url = d.setting.serverOf(region)
      await connectRegion(management, { name: region.name, cluster, url })
    }
    await installOperator(management, d.release, d.setting.egressPorts)
    await untilAvailable(management, { namespace: OPERATOR_NAMESPACE, name: 'platen-operator' })
  })
  await step('regions', async () => {
    await Promise.all(regions.map(region => openRegion(d, region)))
    await untilReady(management, 'regions', regions)
  })
  await management.kubectl(['apply', '-f', '-'], { input: tenants.map(tenantObject) })
  await step('tenants', () => untilReady(management, 'tenants', tenants))
  const sites = await Promise.all(tenants.map(tenant => siteOf(d, tenant)))
  await step('routes', () => Promise.all(sites.map(untilAnswers)))
  await step('sites', async () => {
    for (const site of sites) await openSite(site)
  })
  await step('printers', () => Promise.all(sites.map(untilReported)))
  return formatTable([HEAD, ...(await Promise.all(sites.map(site => rowOf(management, site))))])
}

/** The operator makes the region's namespace, and then waits for what only the platform team has. */
async function openRegion(d: Demonstration, region: RegionPlan<Home>): Promise<void> {
  const { backup, objects } = await d.setting.groundOf(region)
  const regional = accessOf(d, region.cluster)
  const kind = (await hasCloudNativePg(regional)) ? 'cnpg' : 'statefulset'
  const object = regionObject(region, d.release, backup, kind)
  await accessOf(d, MANAGEMENT).kubectl(['apply', '-f', '-'], { input: [object] })
  await until(`the namespace of ${region.name} is there`, async () => {
    await regional.rest.call('GET', `/api/v1/namespaces/platen-region-${region.name}`)
    return undefined
  })
  await regional.kubectl(['apply', '--server-side', '-f', '-'], { input: objects })
}

function accessOf({ clusters }: Pick<Demonstration, 'clusters'>, plan: Pick<Home, 'name'>) {
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

async function siteOf(d: Demonstration, tenant: TenantPlan<Home>): Promise<Site> {
  const { region } = tenant
  const cluster = accessOf(d, region.cluster)
  const certificateAuthority = await certificateAuthorityOf(region, accessOf(d, MANAGEMENT))
  const api = apiClient({
    ...(await d.setting.edgeOf(region)),
    host: hostOf(tenant),
    certificateAuthority,
    token: await tokenOf(tenant, cluster),
  })
  return { tenant, cluster, api, certificateAuthority, release: d.release }
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
