import { type Allowance, allowancesOf, type Direction, isolates, selectedBy } from './allowances.ts'
import type { Cluster, NetworkPolicy } from './objects.ts'
import { type PodAt, podsAt } from './pods.ts'
import { formatAddress, isEverywhere, type Range, type Ranges } from './ranges.ts'

/** Where the rules are to hold. */
export interface Place {
  /** Name of the nftables table, which holds nothing else. */
  table: string
  /** Who sends from these addresses and is not known yet, is a pod that just starts, and waits. */
  podCidr: string
  /** The bridge or interface behind which the pods are. */
  podInterface: string
}

/**
 * The cluster's policies as a script for `nft -f`, which replaces the table at once.
 *
 * Each packet is judged by its connection, not by itself: who opened it (`ct original ip saddr`), and which server
 * and port kube-proxy chose for it (`ct reply`). So replies need no rule, what a Service's address stands for is seen,
 * and a connection that a new policy forbids ends at once, in both directions.
 */
export function compile(cluster: Cluster, place: Place): string {
  const pods = podsAt(cluster.pods, cluster.namespaces)
  const sets = new Sets()
  const egress = directed('egress', cluster.policies, { pods, sets })
  const ingress = directed('ingress', cluster.policies, { pods, sets })
  const itself = pods.map(({ address }) => `${formatAddress(address)} . ${formatAddress(address)}`)
  return `add table inet ${place.table}
delete table inet ${place.table}
table inet ${place.table} {
  set itself {
    type ipv4_addr . ipv4_addr${elements(itself)}
  }
${[...sets.definitions(), ...egress, ...ingress].join('\n')}
${baseChains(place)}
}
`
}

/**
 * Nothing is sent to whole networks, where no policy could tell who receives it, nor by IPv6, of which every pod has a
 * link-local address. What the node sends to its pods passes no chain here, and what they answer is let through.
 */
const baseChains = ({ podCidr, podInterface }: Place) => `  chain from-pod {
    ct original ip saddr vmap @egress
    ct original ip saddr ${podCidr} counter drop
  }
  chain to-pod {
    ct reply ip saddr vmap @ingress
    ct reply ip saddr ${podCidr} counter drop
  }
  chain unusual {
    iifname "${podInterface}" meta nfproto ipv6 counter drop
    oifname "${podInterface}" meta nfproto ipv6 counter drop
    ct state invalid,untracked ip saddr ${podCidr} counter drop
    ct state invalid,untracked ip daddr ${podCidr} counter drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    jump unusual
    iifname "${podInterface}" ip daddr { 224.0.0.0/4, 255.255.255.255 } counter drop
    ct original ip saddr . ct reply ip saddr @itself accept
    jump from-pod
    jump to-pod
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "lo" accept
    jump unusual
    ct direction reply accept
    jump from-pod
  }`

interface Context {
  pods: PodAt[]
  sets: Sets
}

/** A chain for each combination of policies that isolates a pod in that direction, and the map that leads there. */
function directed(direction: Direction, policies: NetworkPolicy[], { pods, sets }: Context) {
  const isolating = policies.filter(policy => isolates(policy, direction))
  const ofPod = new Map(pods.map(pod => [pod, [] as NetworkPolicy[]]))
  for (const policy of isolating) {
    for (const pod of selectedBy(policy, pods)) ofPod.get(pod)?.push(policy)
  }
  const chains = new Map<string, { name: string; policies: NetworkPolicy[] }>()
  const verdicts = [...ofPod].map(([{ address }, selecting]) => {
    if (selecting.length === 0) return `${formatAddress(address)} : return`
    const key = selecting.map(nameOf).join(', ')
    const chain = chains.get(key) ?? {
      name: `${direction}-${chains.size + 1}`,
      policies: selecting,
    }
    chains.set(key, chain)
    return `${formatAddress(address)} : goto ${chain.name}`
  })
  const rules = new Map(
    isolating.map(policy => {
      const allowances = allowancesOf(policy, direction, pods)
      return [policy, allowances.flatMap(allowance => ruleOf(allowance, sets))]
    }),
  )
  const texts = [...chains].map(([key, chain]) => {
    const lines = chain.policies.flatMap(policy => rules.get(policy) ?? [])
    return chainText(chain.name, key, lines)
  })
  return [...texts, mapText(direction, verdicts)]
}

const nameOf = ({ metadata }: NetworkPolicy) => `${metadata.namespace}/${metadata.name}`

/** As long as nft takes it. */
const COMMENT_LENGTH = 120

function chainText(name: string, comment: string, rules: string[]): string {
  return `  chain ${name} {
    comment "${comment.slice(0, COMMENT_LENGTH)}"
${[...new Set(rules), 'counter drop'].map(rule => `    ${rule}`).join('\n')}
  }`
}

function mapText(name: string, verdicts: string[]): string {
  return `  map ${name} {
    type ipv4_addr : verdict${elements(verdicts)}
  }`
}

/** No rule where one side is nobody. */
function ruleOf({ clients, servers, protocol, ports }: Allowance, sets: Sets): string[] {
  if (clients.length === 0 || servers.length === 0) return []
  const matches = [
    isEverywhere(clients) ? '' : `ct original ip saddr @${sets.nameOf(clients)}`,
    isEverywhere(servers) ? '' : `ct reply ip saddr @${sets.nameOf(servers)}`,
    protocol ? `meta l4proto ${protocol.toLowerCase()}` : '',
    ports ? `ct reply proto-src { ${ports.map(formatPorts).join(', ')} }` : '',
  ]
  return [[...matches.filter(Boolean), 'return'].join(' ')]
}

const formatPorts = ([from, to]: Range) => (from === to ? `${from}` : `${from}-${to}`)

/** Sets of addresses, each once. */
class Sets {
  readonly #names = new Map<string, string>()

  nameOf(ranges: Ranges): string {
    const content = ranges.map(formatAddresses).join(', ')
    const name = this.#names.get(content) ?? `addresses-${this.#names.size + 1}`
    this.#names.set(content, name)
    return name
  }

  definitions(): string[] {
    return [...this.#names].map(
      ([content, name]) => `  set ${name} {
    type ipv4_addr
    flags interval
    elements = { ${content} }
  }`,
    )
  }
}

function formatAddresses([from, to]: Range): string {
  return from === to ? formatAddress(from) : `${formatAddress(from)}-${formatAddress(to)}`
}

/** An empty list of elements is an error to nft. */
function elements(texts: string[]): string {
  return texts.length === 0 ? '' : `\n    elements = { ${texts.join(', ')} }`
}
