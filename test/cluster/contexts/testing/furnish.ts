import { join } from 'node:path'
import { accessTo } from '../../../kubernetes/access.ts'
import { findAssets } from '../../../kubernetes/assets.ts'
import { readKubeconfig, writeContexts } from '../../../kubernetes/kubeconfig.ts'
import { untilAvailable } from '../../available.ts'
import { CLUSTERS, type ClusterPlan } from '../../clusters.ts'
import { cacheFolder } from '../../images/cache.ts'
import { makeImages } from '../../images/index.ts'
import { importImages } from '../../node/images.ts'
import { HOME, placesOf } from '../../places.ts'
import { RELEASE } from '../../platform/resources.ts'
import { archiveOf } from '../../services/archive.ts'
import { dns } from '../../services/dns.ts'
import { serviceImages } from '../../services/images.ts'
import { storage } from '../../services/storage.ts'
import { STORE_IMAGES } from '../store.ts'

/**
 * After `npm run cluster -- up --bare`: gives both clusters what kind and k3s bring, names and volumes, and loads the
 * images, so that they can be used as clusters that somebody else has made. Prints a kubeconfig with their contexts.
 */
const tell = (line: string) => void process.stderr.write(`${line}\n`)

const archives = [
  ...(await serviceImages(tell)),
  ...(await storeImages()),
  await makeImages({ registry: RELEASE.registry, tag: RELEASE.version }, tell),
]
await Promise.all(CLUSTERS.map(furnish))

const file = join(HOME, 'contexts')
const connections = CLUSTERS.map(plan => [plan.name, readKubeconfig(access(plan).kubeconfig)])
writeContexts(file, Object.fromEntries(connections))
process.stdout.write(`${file}\n`)
process.exit(0) // connections to API servers would keep it

/** Under the names by which they are pulled elsewhere. */
async function storeImages(): Promise<string[]> {
  const { versitygw } = await findAssets(['versitygw'], { tell })
  const server = { name: STORE_IMAGES.server, program: versitygw, entrypoint: ['/versitygw'] }
  const shell = {
    name: STORE_IMAGES.shell,
    program: '/bin/busybox',
    links: ['/bin/sh', '/bin/mkdir'],
    entrypoint: ['/bin/busybox', 'sh'],
  }
  return await Promise.all([server, shell].map(image => archiveOf(image, cacheFolder())))
}

function access({ name }: ClusterPlan) {
  return accessTo({ name, directory: placesOf(name).pki })
}

async function furnish(plan: ClusterPlan): Promise<void> {
  await importImages(plan, archives)
  const { volumes: folder } = placesOf(plan.name)
  const input = [
    ...dns({ address: plan.dnsAddress, domains: [] }),
    ...storage({ folder, storageClass: 'regional', region: plan.region }),
  ]
  const cluster = access(plan)
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input })
  for (const { metadata } of input.filter(({ kind }) => kind === 'Deployment')) {
    await untilAvailable(cluster, metadata)
  }
}
