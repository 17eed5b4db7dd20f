import type { KubeObject } from '../../kubernetes/index.ts'
import { find } from './objects-of.ts'
import type { RegionCluster } from './region-cluster.ts'

const GROUPS: Record<string, string> = {
  deployments: 'apis/apps/v1',
  jobs: 'apis/batch/v1',
  networkpolicies: 'apis/networking.k8s.io/v1',
  poddisruptionbudgets: 'apis/policy/v1',
  statefulsets: 'apis/apps/v1',
}

/** @param path e.g. `deployments/api` */
export function pathIn(namespace: string, path: string): string {
  const [plural = ''] = path.split('/')
  return `/${GROUPS[plural] ?? 'api/v1'}/namespaces/${namespace}/${path}`
}

/** Undefined: it does not exist. */
export async function objectIn(
  { plane }: RegionCluster,
  namespace: string,
  path: string,
): Promise<KubeObject | undefined> {
  return await find(plane.rest, pathIn(namespace, path))
}

/** Of what has pods, by name: what makes them anew when it changes. */
export async function templatesOf(
  cluster: RegionCluster,
  tenant: string,
): Promise<Record<string, string>> {
  const paths = ['deployments/api', 'deployments/ingest', 'statefulsets/database']
  const found = await Promise.all(paths.map(path => objectIn(cluster, `tenant-${tenant}`, path)))
  return Object.fromEntries(
    found.map(object => [object?.metadata.name, JSON.stringify(object?.spec.template)]),
  )
}

/** Those whose templates differ. */
export function restarted(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter(name => after[name] !== before[name])
}
