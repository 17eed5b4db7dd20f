import { helm, MONITOR_CHART, setsOf } from '../../charts/chart.ts'
import type { ClusterAccess } from '../../kubernetes/access.ts'
import { whyWaiting } from '../available.ts'
import { monitorValues, printers } from '../site/index.ts'
import { until } from '../wait.ts'
import type { ApiClient } from './api-client.ts'
import { enrolmentCode } from './customer.ts'
import { type Home, hostOf, type TenantPlan } from './places.ts'
import type { Release } from './resources.ts'

export const siteNamespace = ({ name }: Pick<TenantPlan, 'name'>) => `customer-${name}`

export interface Site {
  tenant: TenantPlan<Home>
  /** Where the customer's machines are. */
  cluster: ClusterAccess
  api: ApiClient
  /** PEM. */
  certificateAuthority: string
  release: Release
}

/** A customer's own namespace with printers, and a monitor that its people install with a one-time code. */
export async function openSite(site: Site): Promise<void> {
  const { tenant, cluster, release } = site
  const namespace = siteNamespace(tenant)
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  const image = `${release.registry}/platen-printers:${release.version}`
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
    ...printers({ namespace, count: tenant.printers, image, seed: seedOf(tenant) }),
  ]
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input: objects })
  if (await isInstalled(cluster, namespace)) return
  const networks = await networksOf(cluster, namespace, tenant.printers)
  const code = await enrolmentCode(site.api, tenant)
  const values = monitorValues({
    ...release,
    enrol: {
      url: `https://${hostOf(tenant)}`,
      code,
      certificateAuthority: site.certificateAuthority,
    },
    networks,
  })
  await helm(
    ...['--kubeconfig', cluster.kubeconfig, 'install', RELEASE, MONITOR_CHART],
    ...['--namespace', namespace],
    ...setsOf(values),
  )
}

const RELEASE = 'monitor'

/** Where the printers are. They get other addresses there when they start anew. */
async function networksOf(
  { rest }: ClusterAccess,
  namespace: string,
  printers: number,
): Promise<string[]> {
  const networks = new Set<string>()
  await until(`the printers in ${namespace} have addresses`, async () => {
    const { items } = await rest.call('GET', `/api/v1/namespaces/${namespace}/pods`)
    for (const pod of items) {
      if (!pod.status.podIP) return whyWaiting(pod) ?? `${pod.metadata.name} has none`
      networks.add(pod.status.podIP.replace(/\d+$/, '0/24'))
    }
    return items.length < printers ? `there are ${items.length} of ${printers}` : undefined
  })
  return [...networks]
}

async function isInstalled(cluster: ClusterAccess, namespace: string): Promise<boolean> {
  const list = await helm('--kubeconfig', cluster.kubeconfig, 'list', '--short', '-n', namespace)
  return list.split('\n').includes(RELEASE)
}

/** Every site has other devices than the others. */
const seedOf = ({ name }: Pick<TenantPlan, 'name'>) =>
  [...name].reduce((sum, char) => sum + char.charCodeAt(0), 0)
