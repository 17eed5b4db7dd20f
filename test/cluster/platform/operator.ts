import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { helm, CHART as OPERATOR_CHART, setsOf } from '../../charts/chart.ts'
import type { ClusterAccess } from '../../kubernetes/access.ts'
import { readKubeconfig, writeKubeconfig } from '../../kubernetes/kubeconfig.ts'
import { clusterSecretOf, type Release } from './resources.ts'

export const OPERATOR_NAMESPACE = 'platen-system'

/** As docs/operator.md tells a platform team: the chart, in the cluster in which the operator runs. */
export async function installOperator(
  management: ClusterAccess,
  release: Release,
  egressPorts: number[] = [],
): Promise<void> {
  await install(management, {
    'image.repository': `${release.registry}/platen-operator`,
    'image.tag': release.version,
    ...(egressPorts.length > 0 && { 'networkPolicy.egressPorts': egressPorts }),
  })
}

/**
 * Gives the operator rights in a region's own cluster, and tells it how to get there.
 * @param url of that cluster's API server, as the operator reaches it.
 */
export async function connectRegion(
  management: ClusterAccess,
  { cluster, url, ...region }: { name: string; cluster: ClusterAccess; url: string },
): Promise<void> {
  await install(cluster, { mode: 'regional' })
  const token = await cluster.kubectl([
    ...['--namespace', OPERATOR_NAMESPACE, 'get', 'secret', 'platen-operator-token'],
    '--output=go-template={{ .data.token | base64decode }}',
  ])
  const { ca } = readKubeconfig(cluster.kubeconfig)
  const file = join(cluster.directory, 'kubeconfig-of-operator')
  writeKubeconfig(file, { url, ca, credentials: { token } })
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: clusterSecretOf(region), namespace: OPERATOR_NAMESPACE },
    stringData: { kubeconfig: readFileSync(file, 'utf8') },
  }
  await management.kubectl(['apply', '--server-side', '-f', '-'], { input: [namespace, secret] })
}

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: OPERATOR_NAMESPACE,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  },
}

async function install(cluster: ClusterAccess, values: Record<string, unknown>): Promise<void> {
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input: [namespace] })
  await helm(
    ...['--kubeconfig', cluster.kubeconfig, 'upgrade', '--install', 'platen-operator'],
    ...[OPERATOR_CHART, '--namespace', OPERATOR_NAMESPACE, ...setsOf(values)],
  )
}
