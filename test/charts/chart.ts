import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { findAssets } from '../kubernetes/assets.ts'
import type { ClusterAccess, KubeObject } from '../kubernetes/index.ts'

export const CHART = chartFolder('platen-operator')
export const MONITOR_CHART = chartFolder('platen-monitor')

function chartFolder(name: string): string {
  return fileURLToPath(new URL(`../../charts/${name}`, import.meta.url))
}

export interface Release {
  /** Folder of the chart; that of the operator, when it is not given. */
  chart?: string
  name?: string
  namespace?: string
  /** As for `--set-json`. */
  values?: Record<string, unknown>
}

/** Runs helm; answers with what it printed, or throws what it complained about. */
export async function helm(...args: string[]): Promise<string> {
  const { helm: command } = await findAssets(['helm'])
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 16 * 1024 * 1024 })
  return stdout
}

/** Values as arguments of helm. */
export function setsOf(values: Record<string, unknown> = {}): string[] {
  return Object.entries(values).flatMap(([key, value]) => [
    '--set-json',
    `${key}=${JSON.stringify(value)}`,
  ])
}

/** What `helm install` would apply, but for the CRDs. */
export async function renderChart(release: Release = {}): Promise<KubeObject[]> {
  const { chart = CHART, name = 'platen-operator', namespace = 'platen-system' } = release
  const sets = setsOf(release.values)
  const yaml = await helm('template', name, chart, '--namespace', namespace, ...sets)
  return parseAllDocuments(yaml)
    .map(document => document.toJS())
    .filter(object => object !== null)
}

/** What gives the account its rights, and what bounds them. */
function isRight({ kind, metadata }: KubeObject): boolean {
  return RIGHTS.has(kind) || metadata.name.endsWith('-bounds')
}

const RIGHTS = new Set([
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
])

/**
 * Gives the chart's own account its rights on a cluster, and answers with the path of a kubeconfig that has them and no
 * others. With mode `regional` it is what the chart gives the operator in the cluster of a Region.
 */
export async function operatorKubeconfigFromChart(
  cluster: ClusterAccess,
  release: Release = {},
): Promise<string> {
  const { name = 'platen-operator', namespace = 'platen-system' } = release
  const objects = await renderChart(release)
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const rights = objects.filter(isRight)
  await cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
    input: [own, ...rights],
  })
  return await cluster.serviceAccountKubeconfig({ namespace, name })
}

/** The environment variables of the chart's Deployment, as the kubelet would set them. */
export async function operatorEnvironmentFromChart(
  release: Release = {},
): Promise<Record<string, string>> {
  const { namespace = 'platen-system' } = release
  const deployment = (await renderChart(release)).find(({ kind }) => kind === 'Deployment')
  const [container] = deployment.spec.template.spec.containers
  const variables: { name: string; value?: string }[] = container.env
  // The only one without a value is the namespace, by the downward API.
  return Object.fromEntries(variables.map(({ name, value = namespace }) => [name, value]))
}
