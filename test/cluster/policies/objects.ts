/** What is read of the objects of the API; the full shapes are in k8s.io/api core/v1 and networking/v1. */
export interface Pod {
  metadata: { namespace: string; name: string; labels?: Labels }
  spec: { hostNetwork?: boolean; containers: Container[]; initContainers?: Container[] }
  status?: {
    phase?: string
    podIPs?: { ip: string }[]
    conditions?: { type: string; status: string }[]
  }
}

export interface Container {
  restartPolicy?: string
  ports?: { name?: string; containerPort: number; protocol?: Protocol }[]
}

export interface Namespace {
  metadata: { name: string; labels?: Labels }
}

export interface NetworkPolicy {
  metadata: { namespace: string; name: string }
  spec?: {
    podSelector?: LabelSelector
    policyTypes?: ('Ingress' | 'Egress')[]
    ingress?: { from?: Peer[]; ports?: Port[] }[]
    egress?: { to?: Peer[]; ports?: Port[] }[]
  }
}

export interface Peer {
  podSelector?: LabelSelector
  namespaceSelector?: LabelSelector
  ipBlock?: { cidr: string; except?: string[] }
}

export interface Port {
  protocol?: Protocol
  port?: number | string
  endPort?: number
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

export type Labels = Record<string, string>

export interface LabelSelector {
  matchLabels?: Labels
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

/** What a cluster consists of, as far as its policies go. */
export interface Cluster {
  pods: Pod[]
  namespaces: Namespace[]
  policies: NetworkPolicy[]
}
