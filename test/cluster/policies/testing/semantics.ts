import { BlockList, isIPv4 } from 'node:net'
import type {
  Cluster,
  LabelSelector,
  NetworkPolicy,
  Peer,
  Pod,
  Port,
  Protocol,
} from '../objects.ts'

/** A connection as the API of NetworkPolicy speaks of it. */
export interface Connection {
  from: string
  to: string
  protocol: Protocol
  port: number
}

/**
 * Whether the API's rules allow a connection, decided for this one alone and in the words of k8s.io/api networking/v1:
 * shares nothing with what compiles them for all. Addresses must belong to running pods, or to nobody in the cluster.
 */
export function isAllowed(cluster: Cluster, connection: Connection): boolean {
  const { from, to } = connection
  if (from === to) return true
  const source = podAt(cluster, from)
  const destination = podAt(cluster, to)
  const egress = !source || passes(cluster, source, 'Egress', connection)
  const ingress = !destination || passes(cluster, destination, 'Ingress', connection)
  return egress && ingress
}

const podAt = ({ pods }: Cluster, address: string) =>
  pods.find(({ status }) => status?.podIPs?.some(({ ip }) => ip === address))

function passes(
  cluster: Cluster,
  pod: Pod,
  type: 'Ingress' | 'Egress',
  connection: Connection,
): boolean {
  const selecting = cluster.policies.filter(
    policy =>
      policy.metadata.namespace === pod.metadata.namespace &&
      matches(policy.spec?.podSelector ?? {}, pod.metadata.labels) &&
      typesOf(policy).includes(type),
  )
  if (selecting.length === 0) return true
  return selecting.some(policy => {
    const { namespace } = policy.metadata
    const rules =
      type === 'Ingress'
        ? (policy.spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
        : (policy.spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
    const peer = type === 'Ingress' ? connection.from : connection.to
    return rules.some(
      ({ peers = [], ports = [] }) =>
        (peers.length === 0 || peers.some(each => isPeer(cluster, each, { namespace, peer }))) &&
        (ports.length === 0 || ports.some(each => isPort(cluster, each, connection))),
    )
  })
}

function typesOf({ spec }: NetworkPolicy): string[] {
  if (spec?.policyTypes?.length) return spec.policyTypes
  return spec?.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
}

function isPeer(
  cluster: Cluster,
  { ipBlock, podSelector, namespaceSelector }: Peer,
  { namespace, peer }: { namespace: string; peer: string },
): boolean {
  if (ipBlock) {
    return isIn(ipBlock.cidr, peer) && !ipBlock.except?.some(except => isIn(except, peer))
  }
  const pod = podAt(cluster, peer)
  if (!pod) return false
  const itsNamespace = cluster.namespaces.find(
    ({ metadata }) => metadata.name === pod.metadata.namespace,
  )
  const isInNamespace = namespaceSelector
    ? matches(namespaceSelector, itsNamespace?.metadata.labels)
    : pod.metadata.namespace === namespace
  return isInNamespace && (!podSelector || matches(podSelector, pod.metadata.labels))
}

function isIn(cidr: string, address: string): boolean {
  const [network = '', length] = cidr.split('/')
  if (!isIPv4(network)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(length))
  return list.check(address)
}

function isPort(cluster: Cluster, wanted: Port, { to, protocol, port }: Connection): boolean {
  if ((wanted.protocol ?? 'TCP') !== protocol) return false
  if (wanted.port === undefined) return true
  if (typeof wanted.port === 'number') {
    return wanted.port <= port && port <= (wanted.endPort ?? wanted.port)
  }
  const containers = podAt(cluster, to)?.spec.containers ?? []
  return containers.some(({ ports }) =>
    ports?.some(
      each =>
        each.name === wanted.port &&
        (each.protocol ?? 'TCP') === protocol &&
        each.containerPort === port,
    ),
  )
}

function matches(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Record<string, string> = {},
): boolean {
  const wanted = Object.entries(matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }))
  return [...wanted, ...(matchExpressions ?? [])].every(({ key, operator, values }) => {
    const has = key in labels
    const isOne = has && (values ?? []).includes(labels[key] ?? '')
    return { In: isOne, NotIn: !isOne, Exists: has, DoesNotExist: !has }[operator]
  })
}
