import { type ImageName, referenceOf } from '@platen/images'
import type { ClusterPlan } from '../../cluster/clusters.ts'
import { inside } from '../../cluster/node/machine.ts'
import type { Release } from '../../cluster/platform/resources.ts'
import { run } from '../../cluster/run.ts'

/** What `images.version` of a Region names, and the operator. */
const NAMES: readonly ImageName[] = ['api', 'ingest', 'xmpp', 'database', 'edge', 'operator']

/**
 * Makes another release out of the images that a node has, as if it had been pulled: the same under another tag.
 * @param instead images that are in the release in place of others
 */
export async function tagRelease(
  cluster: ClusterPlan,
  release: Release,
  tag: string,
  instead: Partial<Record<ImageName, ImageName>> = {},
): Promise<void> {
  for (const name of NAMES) {
    const from = reference(instead[name] ?? name, release)
    const to = reference(name, { ...release, version: tag })
    await ctr(cluster, ['tag', '--force', from, to])
  }
}

/** Nothing may run of it any more: what is started again would not find its image. */
export async function untagRelease(cluster: ClusterPlan, release: Release): Promise<void> {
  await ctr(cluster, ['rm', ...NAMES.map(name => reference(name, release))])
}

const reference = (name: ImageName, { registry, version }: Release) =>
  referenceOf(name, { registry, tag: version })

/** The kubelet looks for images in this namespace of containerd's. */
async function ctr(cluster: ClusterPlan, args: string[]): Promise<void> {
  const words = ['ctr', '--namespace', 'k8s.io', 'images', ...args]
  const [command = '', ...rest] = inside(cluster, words)
  await run(command, rest)
}
