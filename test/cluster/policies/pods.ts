import type { Labels, Namespace, Pod, Protocol } from './objects.ts'
import { parseAddress } from './ranges.ts'

/** A pod that has an address of its own. */
export interface PodAt {
  address: number
  namespace: string
  labels: Labels
  namespaceLabels: Labels
  ports: NamedPort[]
}

export interface NamedPort {
  name: string
  protocol: Protocol
  number: number
}

/**
 * Pods whose address is known and theirs alone. Where two claim the same address, the API server has not heard of the
 * end of one of them; until it has, nobody knows whose packets these are, and neither pod is here.
 */
export function podsAt(pods: Pod[], namespaces: Namespace[]): PodAt[] {
  const labels = new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]))
  const claims = pods.filter(hasNetwork).flatMap(pod => {
    const { namespace } = pod.metadata
    const namespaceLabels = labels.get(namespace)
    if (!namespaceLabels) return []
    const rest = {
      namespace,
      namespaceLabels,
      labels: pod.metadata.labels ?? {},
      ports: portsOf(pod),
    }
    return addressesOf(pod).map((address): PodAt => ({ address, ...rest }))
  })
  const byAddress = Map.groupBy(claims, ({ address }) => address)
  return claims.filter(({ address }) => byAddress.get(address)?.length === 1)
}

/** A pod in the node's network is the node; one that has ended, or lost its sandbox, has an address only in the API. */
function hasNetwork({ spec, status }: Pod): boolean {
  if (spec.hostNetwork || ['Succeeded', 'Failed'].includes(status?.phase ?? '')) return false
  const hasLostIt = (condition: { type: string; status: string }) =>
    condition.type === 'PodReadyToStartContainers' && condition.status === 'False'
  return !status?.conditions?.some(hasLostIt)
}

function addressesOf({ status }: Pod): number[] {
  const addresses = (status?.podIPs ?? []).map(({ ip }) => parseAddress(ip))
  return addresses.filter(address => address !== undefined)
}

/** Of containers that run beside each other: also of sidecars, which are init containers. */
function portsOf({ spec }: Pod): NamedPort[] {
  const sidecars = (spec.initContainers ?? []).filter(each => each.restartPolicy === 'Always')
  const ports = [...spec.containers, ...sidecars].flatMap(container => container.ports ?? [])
  return ports.flatMap(({ name, protocol = 'TCP', containerPort: number }) =>
    name ? [{ name, protocol, number }] : [],
  )
}
