import type { ClusterAccess } from '../../kubernetes/access.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import { deleteResources, uninstallOperator } from '../platform/uninstall.ts'
import { until } from '../wait.ts'
import { knownClusters } from './connect.ts'
import { reasonOf } from './look.ts'
import { CLASS, isMarked } from './mark.ts'
import { namespacesIn } from './namespaces.ts'
import { folderOf, forgetContexts } from './state.ts'

/**
 * Takes away what `up` put into the clusters of the contexts, and all Regions and Tenants with their data. The
 * operator goes first: it would make anew what is deleted.
 */
export async function downInContexts(tell: (line: string) => void): Promise<void> {
  const clusters: ClusterAccess[] = []
  for (const cluster of knownClusters()) if (await isOurs(cluster)) clusters.push(cluster)
  for (const cluster of clusters) await uninstallOperator(cluster)
  await Promise.all(clusters.map(clear))
  for (const { name } of clusters) tell(`${name}: nothing of Platen is left`)
  forgetContexts()
}

async function isOurs(cluster: ClusterAccess): Promise<boolean> {
  try {
    const path = '/apis/storage.k8s.io/v1/storageclasses'
    return isMarked((await cluster.rest.call('GET', path)).items)
  } catch (cause) {
    throw new Error(
      `cannot look into ${cluster.name} at ${cluster.url}: ${reasonOf(cause)}; start it, or delete ${folderOf(cluster)} if it is gone for good`,
      { cause },
    )
  }
}

/** In this order it can be ended and begun again at any point: what says that all of it is ours goes last. */
async function clear(cluster: ClusterAccess): Promise<void> {
  await deleteAll(cluster, [
    'validatingadmissionpolicies,validatingadmissionpolicybindings',
    '--selector=app.kubernetes.io/managed-by=platen-operator',
  ])
  await deleteResources(cluster)
  await deleteAll(cluster, ['namespaces', '--selector=platen.dev/region'])
  await deleteAll(cluster, ['namespaces', ...namespacesIn(cluster)])
  await until(`the volumes in ${cluster.name} are deleted`, () => whatIsLeft(cluster))
  await deleteAll(cluster, ['storageclass', CLASS])
}

async function deleteAll({ kubectl }: ClusterAccess, what: string[]): Promise<void> {
  await kubectl(['delete', ...what, '--ignore-not-found', '--timeout=5m'])
}

/** The class's provisioner deletes volumes when their claims are gone. */
async function whatIsLeft({ rest }: ClusterAccess): Promise<string | undefined> {
  const { items } = await rest.call('GET', '/api/v1/persistentvolumes')
  const left = items.filter(({ spec }: KubeObject) => spec.storageClassName === CLASS)
  return left.length === 0 ? undefined : `${left.length} are left`
}
