/** A cluster of one node, in a network namespace of its own on this machine. */
export interface ClusterPlan {
  name: string
  /** Its node's address on the bridge that joins the clusters and this machine. */
  address: string
  /** Where its load balancer listens, on the same bridge. */
  balancerAddress: string
  /** A node has room for 250 pods; a monitor sweeps all of it. */
  podCidr: string
  serviceCidr: string
  /** Of the Service `kubernetes`. */
  apiServiceAddress: string
  dnsAddress: string
  /** What the node's label topology.kubernetes.io/region says. */
  region: string
}

/** Joins the clusters; the machine is its first address. */
export const BRIDGE = { name: 'platen0', address: '10.97.0.1', prefix: 24 } as const

export const API_PORT = 6443

/** The operator's own cluster, which also holds Germany and Austria. */
export const MANAGEMENT: ClusterPlan = {
  name: 'management',
  address: '10.97.0.11',
  balancerAddress: '10.97.0.21',
  podCidr: '10.101.0.0/24',
  serviceCidr: '10.111.0.0/16',
  apiServiceAddress: '10.111.0.1',
  dnsAddress: '10.111.0.10',
  region: 'eu-central-1',
}

/** A region in a cluster of its own. */
export const FRANCE: ClusterPlan = {
  name: 'france',
  address: '10.97.0.12',
  balancerAddress: '10.97.0.22',
  podCidr: '10.102.0.0/24',
  serviceCidr: '10.112.0.0/16',
  apiServiceAddress: '10.112.0.1',
  dnsAddress: '10.112.0.10',
  region: 'eu-west-3',
}

export const CLUSTERS = [MANAGEMENT, FRANCE] as const

export const serverUrl = ({ address }: ClusterPlan) => `https://${address}:${API_PORT}`
