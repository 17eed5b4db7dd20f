import { MANAGEMENT } from '../../cluster/clusters.ts'
import { installOperator, OPERATOR_NAMESPACE } from '../../cluster/platform/operator.ts'
import type { Release } from '../../cluster/platform/resources.ts'
import { until } from '../../cluster/wait.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'

const NAME = 'platen-operator'

/** How many objects the platform has, each of which a new operator looks at. */
export interface Objects {
  Tenant: number
  Region: number
}

/** The release that the operator is of. */
export async function operatorRelease(platform: Platform): Promise<Release> {
  const { spec } = await deploymentOf(platform)
  const image: string = spec.template.spec.containers[0].image
  const [name = '', version = ''] = image.split(/:(?=[^:/]*$)/)
  return { registry: name.slice(0, name.lastIndexOf('/')), version }
}

/** Waits until nothing is left of the old one, and the new one leads and has reconciled every object. */
export async function upgradeOperator(
  platform: Platform,
  release: Release,
  objects: Objects,
): Promise<void> {
  await installOperator(platform.cluster(MANAGEMENT), release)
  await until(`the operator is of ${release.version}`, () => whyNotReplaced(platform, release))
  await until('the new operator has reconciled everything', () => whyNotDone(platform, objects))
}

async function deploymentOf(platform: Platform): Promise<KubeObject> {
  const path = `/apis/apps/v1/namespaces/${OPERATOR_NAMESPACE}/deployments/${NAME}`
  return await platform.cluster(MANAGEMENT).rest.call('GET', path)
}

async function whyNotReplaced(platform: Platform, { version }: Release) {
  const { metadata, spec, status } = await deploymentOf(platform)
  if (status.observedGeneration < metadata.generation) return 'its Deployment was not seen yet'
  const { replicas, updatedReplicas = 0, availableReplicas = 0 } = status
  const counts = [replicas, updatedReplicas, availableReplicas]
  if (counts.some(count => count !== spec.replicas))
    return `${updatedReplicas} of ${replicas} are new`
  const pods = await platform.pods(MANAGEMENT, OPERATOR_NAMESPACE, NAME)
  const old = pods.filter(pod => !pod.spec.containers[0].image.endsWith(`:${version}`))
  return old.length === 0 ? undefined : `${old.length} of the old ones still run`
}

async function whyNotDone(platform: Platform, objects: Objects): Promise<string | undefined> {
  const { rest } = platform.cluster(MANAGEMENT)
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${OPERATOR_NAMESPACE}/leases`
  const { spec } = await rest.call('GET', `${leases}/${NAME}`)
  const leader = spec.holderIdentity?.split('_')[0]
  const pods = await platform.pods(MANAGEMENT, OPERATOR_NAMESPACE, NAME)
  if (!pods.some(({ metadata }) => metadata.name === leader)) return 'none of the new ones leads'
  const pod = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods/${leader}:8080`
  const done = reconciled(await rest.text(`${pod}/proxy/metrics`))
  const isDone = done.Tenant >= objects.Tenant && done.Region >= objects.Region
  return isDone ? undefined : `${done.Tenant} Tenants and ${done.Region} Regions so far`
}

/** @param metrics in Prometheus' text format */
export function reconciled(metrics: string): Objects {
  const done: Objects = { Tenant: 0, Region: 0 }
  for (const line of metrics.split('\n')) {
    const [, labels = '', count] =
      /^platen_operator_reconcile_duration\w*_count\{(.*)\} (\d+)/.exec(line) ?? []
    const kind = /\bkind="(Tenant|Region)"/.exec(labels)?.[1] as keyof Objects | undefined
    if (kind && labels.includes('outcome="done"')) done[kind] += Number(count)
  }
  return done
}
