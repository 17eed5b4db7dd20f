import { rmSync } from 'node:fs'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { killContainer } from '../faults/containers.ts'
import type { Platform } from '../platform.ts'
import { volumeOf } from '../support/bucket.ts'

/**
 * A disk that is lost: all processes of the database are killed, so that nothing is archived any more, then its volume
 * with all that is on it, its claim and its pod go.
 * @returns when it was killed, in ms since 1970.
 */
export async function loseDatabase(
  platform: Platform,
  { name, region }: TenantPlan,
): Promise<number> {
  const { cluster } = region
  const namespace = `tenant-${name}`
  const [pod] = await platform.pods(cluster, namespace, 'database')
  const volume = volumeOf(cluster, namespace, 'data-database-0')
  if (!volume) throw new Error(`cannot destroy the database of ${name}: it has no volume`)
  const at = Date.now()
  for (const container of ['postgresql', 'backup']) killContainer(pod, container)
  // Once more: a container that is started again meanwhile may have begun to write.
  for (const _ of [1, 2]) rmSync(volume, { recursive: true, force: true, maxRetries: 3 })
  const inside = ['--namespace', namespace, 'delete']
  const { kubectl } = platform.cluster(cluster)
  await kubectl([...inside, 'persistentvolumeclaim', 'data-database-0', '--wait=false'])
  await kubectl([...inside, 'pod', 'database-0', '--force', '--grace-period=0'])
  return at
}
