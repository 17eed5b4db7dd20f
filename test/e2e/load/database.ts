import { fileURLToPath } from 'node:url'
import { namespaceOf } from '../../cluster/network.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { run } from '../../cluster/run.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'

const QUERY = fileURLToPath(new URL('query.ts', import.meta.url))

/** The owner's, straight to the pod: the node reaches its pods. */
export async function databaseUrlOf(
  platform: Platform,
  { name, region }: TenantPlan,
): Promise<string> {
  const namespace = `tenant-${name}`
  const pod = (await platform.pods(region.cluster, namespace)).find(serves)
  if (!pod) throw new Error(`cannot look into the database of ${name}: no pod of it runs`)
  const path = `/api/v1/namespaces/${namespace}/secrets/database-owner`
  const { data } = await platform.cluster(region.cluster).rest.call('GET', path)
  const [user, password] = ['username', 'password'].map(key =>
    Buffer.from(data[key], 'base64').toString(),
  )
  return `postgres://${user}:${password}@${pod.status.podIP}:5432/platen`
}

/** The one pod of the built-in database, or the primary of CloudNativePG's. */
export function serves({ metadata: { labels = {} } }: KubeObject): boolean {
  return (
    labels['app.kubernetes.io/name'] === 'database' || labels['cnpg.io/instanceRole'] === 'primary'
  )
}

/** Runs a program of ours in the network of the tenant's node, and answers with the JSON that it prints. */
export async function runAtNode<Answer>(
  { region }: TenantPlan,
  program: string,
  argument: object,
): Promise<Answer> {
  const net = `--net=/run/netns/${namespaceOf(region.cluster)}`
  const args = [net, process.execPath, program, JSON.stringify(argument)]
  return JSON.parse(await run('nsenter', args))
}

/** Rows of a query to a tenant's database, as its owner, after JSON. */
export async function askDatabase<Row>(
  platform: Platform,
  tenant: TenantPlan,
  query: string,
): Promise<Row[]> {
  const databaseUrl = await databaseUrlOf(platform, tenant)
  return await runAtNode(tenant, QUERY, { databaseUrl, query })
}

/** Rows of a table. */
export async function countOf(
  platform: Platform,
  tenant: TenantPlan,
  table: string,
): Promise<number> {
  const query = `select count(*)::int as count from ${table}`
  const [row] = await askDatabase<{ count: number }>(platform, tenant, query)
  return row?.count ?? Number.NaN
}
