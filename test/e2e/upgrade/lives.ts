import type { ClusterPlan } from '../../cluster/clusters.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'

/** What serves; the pods of Jobs come and go by the clock. */
const PARTS = ['ingest', 'api', 'database', 'edge']
const SELECTOR = encodeURIComponent(`app.kubernetes.io/name in (${PARTS})`)

/**
 * Which containers live, by namespace, part, pod and number of starts: whatever is replaced or started again is another line.
 */
export async function livesIn(
  platform: Platform,
  clusters: readonly ClusterPlan[],
): Promise<string[]> {
  const lists = clusters.map(async cluster => {
    const { items } = await platform
      .cluster(cluster)
      .rest.call('GET', `/api/v1/pods?labelSelector=platen.dev%2Fregion,${SELECTOR}`)
    return items.flatMap(livesOf)
  })
  return (await Promise.all(lists)).flat().sort()
}

/** A pod that is leaving, as one of a rollout before, lives no more. */
function livesOf({ metadata, status }: KubeObject): string[] {
  if (metadata.deletionTimestamp !== undefined) return []
  const containers: KubeObject[] = status.containerStatuses ?? []
  return containers.map(
    ({ name, restartCount }) => `${metadata.namespace} ${name} ${metadata.uid} ${restartCount}`,
  )
}
