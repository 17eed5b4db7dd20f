import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ClusterPlan } from '../../cluster/clusters.ts'
import { placesOf } from '../../cluster/places.ts'
import { BUCKET } from '../../cluster/services/store-keys.ts'

/** The folder of a claim's volume on this machine, as the provisioner calls it; undefined: there is none. */
export function volumeOf(
  cluster: ClusterPlan,
  namespace: string,
  claim: string,
): string | undefined {
  const { volumes } = placesOf(cluster.name)
  const name = readdirSync(volumes).find(one => one.endsWith(`_${namespace}_${claim}`))
  return name && join(volumes, name)
}

/** The folder of the bucket of a cluster's object store: each object is a file in it. */
export function bucketOf(cluster: ClusterPlan): string {
  const store = volumeOf(cluster, 'object-store', 'versitygw')
  if (store) return join(store, BUCKET)
  throw new Error(`cannot look into the object store of ${cluster.name}: it has no volume`)
}

/** Names of all objects below a prefix. */
export function objectsBelow(cluster: ClusterPlan, prefix: string): string[] {
  const folder = join(bucketOf(cluster), prefix)
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter(name => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
}

/** When the newest segment of a database's log arrived in the bucket, in ms since 1970; 0: none has. */
export function archivedAt(cluster: ClusterPlan, prefix: string): number {
  const times = objectsBelow(cluster, prefix)
    .filter(name => /^[0-9A-F]{24}-/.test(basename(name)))
    .map(name => statSync(join(bucketOf(cluster), prefix, name)).mtimeMs)
  return Math.max(0, ...times)
}
