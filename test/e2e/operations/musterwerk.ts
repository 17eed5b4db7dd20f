import { FRANCE, MANAGEMENT } from '../../cluster/clusters.ts'
import type { ApiClient } from '../../cluster/platform/api-client.ts'
import { apiOf } from '../../cluster/platform/customer.ts'
import { DE, type TenantPlan } from '../../cluster/platform/places.ts'
import { RELEASE } from '../../cluster/platform/resources.ts'
import { printers } from '../../cluster/site/index.ts'
import { until } from '../../cluster/wait.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import { askDatabase } from '../load/database.ts'
import type { Platform } from '../platform.ts'

/** The tenant of the page, and its customer's site in the other cluster. */
export const MUSTERWERK: TenantPlan = {
  name: 'musterwerk',
  displayName: 'Musterwerk',
  country: 'DE',
  region: DE,
  site: { name: 'hamburg', displayName: 'Hamburg' },
  printers: 2,
}

/** Tenants that the page makes. */
export const MADE = [MUSTERWERK.name, `${MUSTERWERK.name}-copy`]

/** Where the command that enrol prints installs the monitor. */
export const SITE = 'platen-monitor'

const SEED = 1_906
/** PostgreSQL archives a segment each minute. */
const SEGMENT_MS = 60_000

/** Routes reach the edge when the kubelet comes by. */
export async function untilAnswers(platform: Platform): Promise<void> {
  await until(`the API of ${MUSTERWERK.name} answers`, async () => {
    await (await apiIn(platform)).query('{ __typename }')
    return undefined
  })
}

/** What the monitor has reported is there, also after whatever befell the database. */
export async function untilPrintersAreThere(platform: Platform): Promise<void> {
  await until(`the printers of ${MUSTERWERK.name} are in GraphQL`, async () => {
    const { devices } = await (await apiIn(platform)).query<Devices>(DEVICES)
    const wanted = MUSTERWERK.printers
    return devices.totalCount === wanted ? undefined : `${devices.totalCount} of ${wanted}`
  })
}

interface Devices {
  devices: { totalCount: number }
}

const DEVICES = '{ devices(first: 1) { totalCount } }'

async function apiIn(platform: Platform): Promise<ApiClient> {
  const [management, regional] = [MANAGEMENT, MUSTERWERK.region.cluster]
  return await apiOf(MUSTERWERK, platform.cluster(management), platform.cluster(regional))
}

export async function placePrinters(platform: Platform): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  const image = `${RELEASE.registry}/platen-printers:${RELEASE.version}`
  const count = MUSTERWERK.printers
  const input = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SITE, labels } },
    ...printers({ namespace: SITE, count, image, seed: SEED }),
  ]
  await platform.cluster(FRANCE).kubectl(['apply', '--server-side', '-f', '-'], { input })
}

/** A second of now can be restored from then on, without what the database has. */
export async function untilArchived(platform: Platform): Promise<void> {
  const { status } = await tenantObject(platform)
  const wanted = Date.parse(status.backup.archivedTo) + SEGMENT_MS
  await until('the archive has what came after the backup', async () => {
    const [row] = await askDatabase<{ at: string }>(platform, MUSTERWERK, ARCHIVED)
    const at = Date.parse(row?.at ?? '')
    return at > wanted ? undefined : `it reaches to ${row?.at}`
  })
}

const ARCHIVED = `SELECT to_json(last_archived_time)#>>'{}' AS at FROM pg_stat_archiver`

/** As when somebody deletes the wrong thing. Resolves when the operator has begun to make another one. */
export async function loseStack(platform: Platform): Promise<void> {
  const cluster = platform.cluster(MUSTERWERK.region.cluster)
  const path = `/api/v1/namespaces/tenant-${MUSTERWERK.name}`
  const { metadata } = await cluster.rest.call('GET', path)
  await cluster.kubectl(['delete', 'namespace', metadata.name, '--timeout=300s'])
  await until('there is another namespace', async () => {
    const { metadata: now } = await cluster.rest.call('GET', path)
    return now.uid === metadata.uid ? 'it is the same' : undefined
  })
  await until('the Tenant says so', async () => {
    const { status } = await tenantObject(platform)
    const ready = status.conditions.find((one: KubeObject) => one.type === 'Ready')
    return ready.status === 'True' ? 'it is ready' : undefined
  })
}

async function tenantObject(platform: Platform): Promise<KubeObject> {
  const path = `/apis/platen.dev/v1alpha1/tenants/${MUSTERWERK.name}`
  return await platform.cluster(MANAGEMENT).rest.call('GET', path)
}
