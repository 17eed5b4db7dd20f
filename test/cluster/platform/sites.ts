import { helm, MONITOR_CHART, setsOf } from '../../charts/chart.ts'
import type { ClusterAccess } from '../../kubernetes/access.ts'
import { monitorValues, printers } from '../site/index.ts'
import type { ApiClient } from './api-client.ts'
import { enrolmentCode } from './customer.ts'
import { hostOf, type TenantPlan } from './places.ts'
import type { Release } from './resources.ts'

export const siteNamespace = ({ name }: TenantPlan) => `customer-${name}`

export interface Site {
  tenant: TenantPlan
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
  const code = await enrolmentCode(site.api, tenant)
  const values = monitorValues({
    ...release,
    enrol: {
      url: `https://${hostOf(tenant)}`,
      code,
      certificateAuthority: site.certificateAuthority,
    },
    networks: [tenant.region.cluster.podCidr],
  })
  await helm(
    ...['--kubeconfig', cluster.kubeconfig, 'install', RELEASE, MONITOR_CHART],
    ...['--namespace', namespace],
    ...setsOf(values),
  )
}

const RELEASE = 'monitor'

async function isInstalled(cluster: ClusterAccess, namespace: string): Promise<boolean> {
  const list = await helm('--kubeconfig', cluster.kubeconfig, 'list', '--short', '-n', namespace)
  return list.split('\n').includes(RELEASE)
}

/** Every site has other devices than the others. */
const seedOf = ({ name }: TenantPlan) =>
  [...name].reduce((sum, char) => sum + char.charCodeAt(0), 0)
