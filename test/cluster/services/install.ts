import type { ClusterAccess } from '../../kubernetes/access.ts'
import { untilAvailable } from '../available.ts'
import type { ClusterPlan } from '../clusters.ts'
import { importImages } from '../node/images.ts'
import { placesOf } from '../places.ts'
import { until } from '../wait.ts'
import { type DnsOptions, dns } from './dns.ts'
import { IMAGES } from './images.ts'
import { objectStore, STORE_NAMESPACE } from './object-store.ts'
import { storage } from './storage.ts'
import { BUCKET, storeKeys } from './store-keys.ts'

export interface Services {
  /** Archives of images, those of the services among them. */
  images: string[]
  domains: DnsOptions['domains']
  storageClass: string
}

/**
 * What a platform team finds in every cluster: names, volumes, an object store.
 * @returns whether images took the place of others that pods may run.
 */
export async function installServices(
  cluster: ClusterPlan,
  access: ClusterAccess,
  { images, domains, storageClass }: Services,
): Promise<boolean> {
  let isReplaced = false
  await until(`${cluster.name} has its images`, async () => {
    isReplaced = (await importImages(cluster, images)) || isReplaced
    return undefined
  })
  const objects = [
    ...dns({ address: cluster.dnsAddress, domains }),
    ...storage({
      folder: placesOf(cluster.name).volumes,
      storageClass,
      region: cluster.region,
    }),
    ...objectStore({
      namespace: STORE_NAMESPACE,
      isOnNode: true,
      images: { server: IMAGES.versitygw, shell: IMAGES.busybox },
      location: cluster.region,
      bucket: BUCKET,
      keys: await storeKeys(cluster),
      storageClass,
    }),
  ]
  await access.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
    input: objects,
  })
  for (const deployment of objects.filter(({ kind }) => kind === 'Deployment')) {
    await untilAvailable(access, deployment.metadata)
  }
  return isReplaced
}
