import type { ClusterPlan } from '../../cluster/clusters.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { type KubeObject, RestError } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'

/** Seconds of CPU time that the pods of each namespace have had, as the kubelet tells every ten seconds or so. */
export async function cpuSeconds(
  platform: Platform,
  cluster: ClusterPlan,
): Promise<Map<string, number>> {
  const path = `/api/v1/nodes/${cluster.name}/proxy/stats/summary?only_cpu_and_memory=true`
  const { pods } = await platform.cluster(cluster).rest.call('GET', path)
  const seconds = new Map<string, number>()
  for (const { podRef, cpu } of pods) {
    const before = seconds.get(podRef.namespace) ?? 0
    seconds.set(podRef.namespace, before + (cpu?.usageCoreNanoSeconds ?? 0) / 1e9)
  }
  return seconds
}

/** What a tenant's namespace may take of the cluster, and what it takes: `NAME USED of HARD` for each. */
export async function quotaOf(platform: Platform, { name, region }: TenantPlan): Promise<string[]> {
  const path = `/api/v1/namespaces/tenant-${name}/resourcequotas/tenant`
  const { status } = await platform.cluster(region.cluster).rest.call('GET', path)
  return Object.entries(status.hard).map(
    ([what, hard]) => `${what} ${status.used[what]} of ${hard}`,
  )
}

/** The controller that makes the pods of Deployments: nobody else may make any in a tenant's namespace. */
const CONTROLLER = {
  as: 'system:serviceaccount:kube-system:replicaset-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
}

/** What the API server says to another pod of the tenant's API that wants so much memory. Nothing is made. */
export async function askForMemory(
  platform: Platform,
  { name, region }: TenantPlan,
  memory: string,
): Promise<string> {
  const { rest } = platform.cluster(region.cluster)
  const namespace = `tenant-${name}`
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/api`
  const { metadata, spec } = (await rest.call('GET', path)).spec.template
  const containers = spec.containers.map((container: KubeObject) => ({
    ...container,
    resources: { requests: { cpu: '50m', memory }, limits: { memory } },
  }))
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: 'too-much', namespace },
    spec: { ...spec, containers },
  }
  const pods = `/api/v1/namespaces/${namespace}/pods?dryRun=All`
  return await rest.call('POST', pods, { body, ...CONTROLLER }).then(
    () => 'allowed',
    (error: unknown) => {
      if (!(error instanceof RestError)) throw error
      return messageOf(error)
    },
  )
}

/** Of a Status, which follows path and code in the error's text. */
function messageOf({ message }: RestError): string {
  const start = message.indexOf('{')
  return start < 0 ? message : (JSON.parse(message.slice(start)).message ?? message)
}

/** Connections that the region's edge has refused since its pods started, by entrance. */
export async function edgeRefusals(
  platform: Platform,
  { region }: TenantPlan,
): Promise<Record<string, number>> {
  const namespace = `platen-region-${region.name}`
  const refused: Record<string, number> = {}
  for (const { metadata } of await platform.pods(region.cluster, namespace, 'edge')) {
    const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}:8080/proxy/metrics`
    const metrics = await platform.cluster(region.cluster).rest.text(path)
    for (const [entrance, count] of refusalsIn(metrics)) {
      refused[entrance] = (refused[entrance] ?? 0) + count
    }
  }
  return refused
}

/** @param metrics in Prometheus' text format */
export function refusalsIn(metrics: string): [string, number][] {
  const lines = metrics.matchAll(/^platen_edge_refused\w*\{(.*)\} (\d+)/gm)
  return [...lines].flatMap(([, labels = '', count]) => {
    const entrance = /\bentrance="(\w+)"/.exec(labels)?.[1]
    return entrance ? [[entrance, Number(count)] as [string, number]] : []
  })
}
