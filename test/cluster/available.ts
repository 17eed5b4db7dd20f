import type { ClusterAccess } from '../kubernetes/access.ts'
import type { KubeObject, Rest } from '../kubernetes/rest.ts'
import { until } from './wait.ts'

/** Waits for a pod of a Deployment that is ready. */
export async function untilAvailable(
  { rest }: ClusterAccess,
  { namespace, name }: { namespace: string; name: string },
): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`
  await until(`${name} is available`, async () => {
    const { spec, status } = await rest.call('GET', path)
    if (status.availableReplicas > 0) return undefined
    return await whyNoPod(rest, namespace, spec.selector.matchLabels)
  })
}

async function whyNoPod(
  rest: Rest,
  namespace: string,
  labels: Record<string, string>,
): Promise<string> {
  const selector = Object.entries(labels)
    .map(pair => pair.join('='))
    .join(',')
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`
  const { items } = await rest.call('GET', path)
  return items.map(whyWaiting).find(Boolean) ?? 'it has no pod that is ready'
}

/** In the words of the kubelet, or of the scheduler, e.g. that an image cannot be pulled. */
export function whyWaiting({ status }: KubeObject): string | undefined {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const waiting = containers.find(({ state }) => state?.waiting?.message)?.state.waiting
  if (waiting) return `${waiting.reason}: ${waiting.message}`
  const scheduled = status.conditions?.find((one: KubeObject) => one.type === 'PodScheduled')
  return scheduled?.status === 'False' ? scheduled.message : undefined
}
