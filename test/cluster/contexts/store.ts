import { existsSync, mkdirSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { ClusterAccess } from '../../kubernetes/access.ts'
import { files, makeCertificates } from '../../kubernetes/certificates.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import { TOOLS } from '../../kubernetes/tools.ts'
import { untilAvailable } from '../available.ts'
import type { Home, RegionPlan } from '../platform/places.ts'
import { objectStore, STORE } from '../services/object-store.ts'
import { BUCKET, keptStoreKeys, type StoreKeys } from '../services/store-keys.ts'
import { CLASS } from './mark.ts'
import { STORE_NAMESPACE } from './namespaces.ts'
import { folderOf } from './state.ts'

/** Public ones: they are nobody's to build. */
export const STORE_IMAGES = {
  server: `docker.io/versity/versitygw:${TOOLS.versitygw.version}`,
  shell: 'docker.io/library/busybox:1.37',
}

type Region = Pick<RegionPlan<Home>, 'name' | 'cluster'>

/** Of a region's object store: a Service, which every cluster's own DNS knows. */
const serviceName = ({ name }: Pick<Region, 'name'>) => `s3-${name}`
export const storeHost = (region: Pick<Region, 'name'>) =>
  `${serviceName(region)}.${STORE_NAMESPACE}.svc`

export async function storeKeysOf(region: Region): Promise<StoreKeys> {
  const directory = join(folderOf(region.cluster), 'object-store')
  if (!existsSync(files(directory).ca)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    await makeCertificates(directory)
  }
  return await keptStoreKeys(directory, storeHost(region))
}

/**
 * A region's object store in its own cluster.
 * @returns the port at which each of the cluster's nodes leads to it.
 */
export async function installStore(region: Region, cluster: ClusterAccess): Promise<number> {
  const objects = objectStore({
    namespace: STORE_NAMESPACE,
    isOnNode: false,
    images: STORE_IMAGES,
    location: region.cluster.region,
    bucket: BUCKET,
    keys: await storeKeysOf(region),
    storageClass: CLASS,
  })
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], {
    input: [...objects, storeService(region)],
  })
  await untilAvailable(cluster, { namespace: STORE_NAMESPACE, name: STORE })
  const path = `/api/v1/namespaces/${STORE_NAMESPACE}/services/${serviceName(region)}`
  const { spec } = await cluster.rest.call('GET', path)
  return spec.ports[0].nodePort
}

export function storeService(region: Pick<Region, 'name'>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: serviceName(region), namespace: STORE_NAMESPACE },
    spec: { type: 'NodePort', selector: { app: STORE }, ports: [{ name: 's3', port: 443 }] },
  }
}

/** The same name in another cluster, for the operator there. @param at a node of the store's cluster, and its port. */
export function storeElsewhere(
  region: Pick<Region, 'name'>,
  { address, port }: { address: string; port: number },
): KubeObject[] {
  const metadata = { name: serviceName(region), namespace: STORE_NAMESPACE }
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ name: 's3', port: 443, targetPort: port }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': metadata.name } },
      addressType: isIP(address) === 6 ? 'IPv6' : 'IPv4',
      endpoints: [{ addresses: [address] }],
      ports: [{ name: 's3', port }],
    },
  ]
}
