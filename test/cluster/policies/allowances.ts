import type { NetworkPolicy, Peer, Port, Protocol } from './objects.ts'
import type { PodAt } from './pods.ts'
import {
  contains,
  EVERY_ADDRESS,
  parseBlock,
  type Range,
  type Ranges,
  subtract,
  union,
} from './ranges.ts'
import { selects } from './selector.ts'

export type Direction = 'ingress' | 'egress'

/** Connections that a policy lets through: those that fulfil all of it. */
export interface Allowance {
  clients: Ranges
  servers: Ranges
  /** Absent: any. */
  protocol?: Protocol
  /** Absent: any. */
  ports?: Ranges
}

/** Whether the policy isolates the pods that it selects in that direction. */
export function isolates({ spec = {} }: NetworkPolicy, direction: Direction): boolean {
  const { policyTypes = [], egress = [] } = spec
  if (policyTypes.length > 0)
    return policyTypes.includes(direction === 'ingress' ? 'Ingress' : 'Egress')
  return direction === 'ingress' || egress.length > 0
}

export function selectedBy({ metadata, spec }: NetworkPolicy, pods: PodAt[]): PodAt[] {
  const selector = spec?.podSelector ?? {}
  return pods.filter(
    ({ namespace, labels }) => namespace === metadata.namespace && selects(selector, labels),
  )
}

/** What the policy lets through to the pods that it selects, or from them. */
export function allowancesOf(
  policy: NetworkPolicy,
  direction: Direction,
  pods: PodAt[],
): Allowance[] {
  const { spec = {}, metadata } = policy
  if (direction === 'ingress') {
    const selected = addressesOf(selectedBy(policy, pods))
    return (spec.ingress ?? []).flatMap(({ from, ports }) => {
      const clients = peersOf(from, metadata.namespace, pods)
      return portsOf(ports, { clients, servers: EVERY_ADDRESS }, pods, selected)
    })
  }
  return (spec.egress ?? []).flatMap(({ to, ports }) => {
    const servers = peersOf(to, metadata.namespace, pods)
    return portsOf(ports, { clients: EVERY_ADDRESS, servers }, pods, servers)
  })
}

function addressesOf(pods: PodAt[]): Ranges {
  return union(pods.map(({ address }): Range => [address, address]))
}

function peersOf(peers: Peer[] | undefined, namespace: string, pods: PodAt[]): Ranges {
  if (!peers?.length) return EVERY_ADDRESS
  return union(peers.flatMap(peer => peerOf(peer, namespace, pods)))
}

function peerOf(peer: Peer, namespace: string, pods: PodAt[]): Ranges {
  const { ipBlock, podSelector, namespaceSelector } = peer
  if (ipBlock) return blockOf(ipBlock)
  const matches = (pod: PodAt) =>
    (namespaceSelector
      ? selects(namespaceSelector, pod.namespaceLabels)
      : pod.namespace === namespace) && selects(podSelector ?? {}, pod.labels)
  return addressesOf(pods.filter(matches))
}

/** Of IPv6 there is nothing to be let through: no pod has such an address. */
function blockOf({ cidr, except = [] }: { cidr: string; except?: string[] }): Ranges {
  const block = parseBlock(cidr)
  const holes = except.map(parseBlock).filter(hole => hole !== undefined)
  return block ? subtract([block], holes) : []
}

type Between = Pick<Allowance, 'clients' | 'servers'>

/** @param named where a named port is looked up: on the pods at these addresses. */
function portsOf(
  ports: Port[] | undefined,
  between: Between,
  pods: PodAt[],
  named: Ranges,
): Allowance[] {
  if (!ports?.length) return [between]
  return ports.flatMap((port): Allowance[] => {
    const { protocol = 'TCP', port: value, endPort } = port
    if (value === undefined) return [{ ...between, protocol }]
    if (typeof value === 'number') {
      return [{ ...between, protocol, ports: [[value, endPort ?? value]] }]
    }
    const servers = pods.filter(({ address }) => contains(named, address))
    return resolve({ name: value, protocol }, servers).map(found => ({ ...between, ...found }))
  })
}

/** A name may stand for another number on each pod. */
function resolve(wanted: { name: string; protocol: Protocol }, pods: PodAt[]) {
  const { name, protocol } = wanted
  const found = pods.flatMap(pod => {
    const ports = pod.ports.filter(port => port.name === name && port.protocol === protocol)
    return ports.map(({ number }) => ({ pod, number }))
  })
  return [...Map.groupBy(found, ({ number }) => number)].map(([number, each]) => ({
    protocol,
    ports: [[number, number]] as Ranges,
    servers: addressesOf(each.map(({ pod }) => pod)),
  }))
}
