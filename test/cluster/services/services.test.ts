import { expect, it } from 'vitest'
import { makeCertificates } from '../../kubernetes/certificates.ts'
import { describeKubernetes, type KubeObject, sharedControlPlane } from '../../kubernetes/index.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { dns } from './dns.ts'
import { IMAGES } from './images.ts'
import { objectStore, STORE_NAMESPACE } from './object-store.ts'
import { storage } from './storage.ts'
import { makeStoreKeys } from './store-keys.ts'

async function store(): Promise<KubeObject[]> {
  using directory = temporaryDirectory()
  await makeCertificates(directory.path)
  return objectStore({
    namespace: STORE_NAMESPACE,
    isOnNode: true,
    images: { server: IMAGES.versitygw, shell: IMAGES.busybox },
    location: 'eu-west-3',
    bucket: 'backups',
    keys: await makeStoreKeys(directory.path, 's3.eu-west-3.test'),
    storageClass: 'regional',
  })
}

const domains = [{ domain: 'fr.platen.test', address: '192.0.2.1' }]

describeKubernetes('An API server takes, without an unknown field,', () => {
  it.each<{ what: string; objects: () => KubeObject[] | Promise<KubeObject[]> }>([
    { what: 'the resolver', objects: () => dns({ address: '10.96.0.10', domains }) },
    {
      what: 'the provisioner of volumes',
      objects: () => storage({ folder: '/volumes', storageClass: 'regional', region: 'eu-west-3' }),
    },
    { what: 'the object store', objects: store },
  ])('$what', async ({ objects }) => {
    const { kubectl } = await sharedControlPlane()
    const all = await objects()
    const namespaces = all.filter(({ kind }) => kind === 'Namespace')
    const apply = ['apply', '--server-side', '--force-conflicts', '-f', '-']
    // What is only tried is not there for what is in it.
    if (namespaces.length > 0) await kubectl(apply, { input: namespaces })
    const said = await kubectl([...apply, '--dry-run=server', '--validate=strict'], { input: all })
    expect(said.trim().split('\n')).toHaveLength(all.length)
  })
})
