import { MANAGEMENT } from '../../cluster/clusters.ts'
import type { Platform } from '../platform.ts'

const NAMESPACE = 'object-store'
const PATH = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/versitygw`

/** Starts the region's object store anew, with the same buckets in it, as one that says that they are somewhere else. */
export async function letStoreSay(platform: Platform, location: string): Promise<void> {
  const { rest, kubectl } = platform.cluster(MANAGEMENT)
  const { spec } = await rest.call('GET', PATH)
  const [container] = spec.template.spec.containers
  const args = container.args.map((arg: string) =>
    arg.startsWith('--region=') ? `--region=${location}` : arg,
  )
  const containers = [{ ...container, args }]
  await rest.call('PATCH', PATH, {
    patch: 'merge',
    body: { spec: { template: { spec: { containers } } } },
  })
  const rollout = ['rollout', 'status', 'deployment/versitygw', '--timeout=120s']
  await kubectl(['--namespace', NAMESPACE, ...rollout])
}
