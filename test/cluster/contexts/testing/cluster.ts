import { vi } from 'vitest'
import type { ClusterAccess, KubeObject } from '../../../kubernetes/index.ts'

/** What kind and k3s bring, on an API server without nodes: each is there only when it is asked for. */
export function provisions({ rest, kubectl }: ClusterAccess) {
  const apply = (...input: KubeObject[]) =>
    kubectl(['apply', '--server-side', '-f', '-'], { input })

  return {
    /** As its API server would, if it were not on this machine's loopback interface. */
    async endpoint(address: string) {
      await apply({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'kubernetes', namespace: 'default' },
        addressType: 'IPv4',
        endpoints: [{ addresses: [address] }],
        ports: [{ name: 'https', port: 6443 }],
      })
    },
    async node(name: string, address: string) {
      await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name } })
      const status = {
        addresses: [{ type: 'InternalIP', address }],
        conditions: [{ type: 'Ready', status: 'True' }],
      }
      const path = `/api/v1/nodes/${name}/status`
      await rest.call('PATCH', path, { patch: 'merge', body: { status } })
    },
    async images(node: string, names: string[]) {
      const body = { status: { images: names.map(name => ({ names: [name] })) } }
      await rest.call('PATCH', `/api/v1/nodes/${node}/status`, { patch: 'merge', body })
    },
    async storageClass(name: string) {
      await apply({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name },
        provisioner: 'rancher.io/local-path',
        volumeBindingMode: 'WaitForFirstConsumer',
      })
    },
  }
}

const KINDS = [
  'api/v1/namespaces',
  'api/v1/persistentvolumes',
  'api/v1/secrets',
  'api/v1/services',
  'apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  'apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  'apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  'apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  'apis/rbac.authorization.k8s.io/v1/clusterroles',
  'apis/storage.k8s.io/v1/storageclasses',
]

/** The API server makes its own Service when it is already ready. */
export async function untilWhole(access: ClusterAccess): Promise<void> {
  await vi.waitUntil(
    async () => (await contentOf(access)).includes('api/v1/services/default/kubernetes'),
    { timeout: 60_000 },
  )
}

/** Everything of the kinds of which something is made. */
export async function contentOf({ rest }: ClusterAccess): Promise<string[]> {
  const lists = await Promise.all(KINDS.map(path => rest.call('GET', `/${path}`)))
  return lists.flatMap(({ items }, index) =>
    items.map(({ metadata }: KubeObject) =>
      [KINDS[index], metadata.namespace, metadata.name].filter(Boolean).join('/'),
    ),
  )
}
