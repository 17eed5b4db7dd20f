import type { ClusterPlan } from '../../cluster/clusters.ts'
import { until } from '../../cluster/wait.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'
import { readRegion } from '../support/conditions.ts'

// When what was hit works again by itself, as the clusters tell; reports may not need it.

export interface ContainerPlace {
  cluster: ClusterPlan
  namespace: string
  /** The pod's label app.kubernetes.io/name. */
  part: string
  container: string
}

/** How often it was started again; of several pods, all together. */
export async function restartsOf(platform: Platform, place: ContainerPlace): Promise<number> {
  return restartsIn(await statesOf(platform, place))
}

const restartsIn = (states: KubeObject[]): number =>
  states.reduce((sum, { restartCount }) => sum + restartCount, 0)

export async function untilRestarted(
  platform: Platform,
  place: ContainerPlace,
  before: number,
): Promise<void> {
  await until(`${place.container} of ${place.part} was started again and is ready`, async () => {
    const states = await statesOf(platform, place)
    const areReady = states.length > 0 && states.every(({ ready }) => ready)
    const restarts = restartsIn(states) - before
    return areReady && restarts > 0 ? undefined : `${restarts} restarts`
  })
}

async function statesOf(platform: Platform, place: ContainerPlace): Promise<KubeObject[]> {
  const pods = await platform.pods(place.cluster, place.namespace, place.part)
  return pods
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .filter(({ name }) => name === place.container)
}

/** The kubelet answers, and containerd behind it. */
export async function untilNodeAnswers(platform: Platform, cluster: ClusterPlan): Promise<void> {
  await until(`the node ${cluster.name} tells what runs on it`, async () => {
    await platform.cluster(cluster).rest.text(`/api/v1/nodes/${cluster.name}/proxy/runningpods/`)
    return undefined
  })
}

/** The operator had noticed since then that it could not reach the region's cluster, and reaches it again. */
export async function untilReached(
  platform: Platform,
  region: string,
  since: number,
): Promise<void> {
  await until(`Region ${region} is reached again`, async () => {
    const { status } = await readRegion(platform, region)
    const reached = status.conditions.find((one: KubeObject) => one.type === 'ClusterReachable')
    // RFC 3339 of Kubernetes has seconds only.
    const isNew = Date.parse(reached?.lastTransitionTime) >= Math.floor(since / 1000) * 1000
    return isNew && reached?.status === 'True' ? undefined : `${reached?.status} as before`
  })
}
