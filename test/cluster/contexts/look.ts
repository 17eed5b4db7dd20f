import type { ClusterAccess } from '../../kubernetes/access.ts'
import { type KubeObject, RestError } from '../../kubernetes/rest.ts'

/** What a cluster says of itself before anything is written to it. */
export interface Seen {
  context: string
  /** Of its namespace kube-system: the same by whatever address it is reached. */
  id: string
  version: { major: string; minor: string; gitVersion: string }
  /** Of its API server, as the kubeconfig has it. */
  url: string
  /** `HOST:PORT` of its API server in the cluster's own network. */
  endpoint: string | undefined
  nodes: KubeObject[]
  storageClasses: KubeObject[]
  namespaces: string[]
  /** It knows Regions and Tenants, or holds a Region of another cluster's. */
  hasPlaten: boolean
}

const PATIENCE_MS = 15_000

/** @throws one sentence when it does not answer, or may not be looked at. */
export async function look({ rest, url }: ClusterAccess, context: string): Promise<Seen> {
  const get = async (path: string): Promise<KubeObject> => {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    try {
      return await rest.call('GET', path, { signal })
    } catch (error) {
      if (error instanceof RestError && error.status === 404) return {}
      throw new Error(
        `cannot use context ${context}: its API server ${url} does not answer as it should (${reasonOf(error)}); start the cluster, or give another context`,
        { cause: error },
      )
    }
  }
  const version = await get('/version') // alone, so that one that is off is found out once
  const [system, slice, nodes, storageClasses, namespaces, platen] = await Promise.all([
    get('/api/v1/namespaces/kube-system'),
    get('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes'),
    get('/api/v1/nodes'),
    get('/apis/storage.k8s.io/v1/storageclasses'),
    get('/api/v1/namespaces'),
    get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tenants.platen.dev'),
  ])
  return {
    context,
    id: system.metadata?.uid ?? '',
    version: version as Seen['version'],
    url,
    endpoint: endpointOf(slice),
    nodes: nodes.items,
    storageClasses: storageClasses.items,
    namespaces: namespaces.items.map(({ metadata }: KubeObject) => metadata.name),
    hasPlaten: platen.metadata !== undefined || namespaces.items.some(isOfRegion),
  }
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node has one for each address that it tried.
  return error instanceof AggregateError ? String(error.errors[0]?.message) : error.message
}

const isOfRegion = ({ metadata }: KubeObject) =>
  metadata.labels?.['platen.dev/region'] !== undefined

function endpointOf({ endpoints, ports }: KubeObject): string | undefined {
  const address = endpoints?.[0]?.addresses?.[0]
  return address && `${address}:${ports?.[0]?.port ?? 443}`
}
