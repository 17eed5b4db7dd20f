import { API_PORT, BRIDGE, CLUSTERS, type ClusterPlan, MANAGEMENT } from '../../cluster/clusters.ts'
import { OPERATOR_NAMESPACE } from '../../cluster/platform/operator.ts'
import {
  REGIONS,
  type RegionPlan,
  TENANTS,
  type TenantPlan,
} from '../../cluster/platform/places.ts'
import { siteNamespace } from '../../cluster/platform/sites.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'
import type { Target } from './connect.ts'

/** Somebody who speaks or is spoken to. */
export interface Party {
  /** `OWNER/ROLE`; the owner is a region, a tenant or a cluster. */
  name: string
  cluster: ClusterPlan
  pod?: KubeObject
  /** What it listens on, or would: pods' ports, Services', nodes'. */
  ports: Target[]
}

const EDGE_PORTS = [8443, 5222, 8404, 8080]
const PARTS = {
  ingest: [5222, 5347, 8080],
  api: [8443, 8080],
  database: [5432],
  monitor: [8080],
} as const
type Part = keyof typeof PARTS
const PART_NAMES = Object.keys(PARTS) as Part[]

const OPERATOR = 'platen-operator'
/** Where it says how it is; it listens nowhere else. */
const OPERATOR_PORT = 8080
const KUBELET_PORT = 10_250
const STORE_PORT = 443
export const OUTSIDE_PORT = 4443

const EDGES = REGIONS.map(({ name }) => `${name}/edge`)
const TENANTS_PARTS = TENANTS.flatMap(({ name }) => PART_NAMES.map(part => `${name}/${part}`))
const OPERATOR_PARTY = `${MANAGEMENT.name}/operator`

/** All that have to have a pod that runs: one without would take its rows away, and nobody would miss them. */
export const INHABITANTS = [...EDGES, ...TENANTS_PARTS, OPERATOR_PARTY]

/** Edges and parts of tenants: one party for each pod that runs. */
export async function speakersOn(platform: Platform): Promise<Party[]> {
  const edges = REGIONS.map(region => edgeOf(platform, region))
  const parts = TENANTS.flatMap(tenant => PART_NAMES.map(part => partOf(platform, tenant, part)))
  return (await Promise.all([...edges, ...parts])).flat()
}

async function edgeOf(platform: Platform, { name, cluster }: RegionPlan): Promise<Party[]> {
  const pods = await platform.pods(cluster, `platen-region-${name}`, 'edge')
  return pods.map(pod => inhabitant(`${name}/edge`, cluster, { pod, ports: EDGE_PORTS }))
}

async function partOf(platform: Platform, tenant: TenantPlan, part: Part): Promise<Party[]> {
  const { name, region } = tenant
  const pods = await (part === 'monitor'
    ? platform.pods(region.cluster, siteNamespace(tenant), 'platen-monitor')
    : platform.pods(region.cluster, `tenant-${name}`, part))
  const ports = PARTS[part]
  return pods.map(pod => inhabitant(`${name}/${part}`, region.cluster, { pod, ports }))
}

/** Those of the operator, which are only spoken to. */
export async function operatorsOn(platform: Platform): Promise<Party[]> {
  const pods = await platform.pods(MANAGEMENT, OPERATOR_NAMESPACE, OPERATOR)
  return pods.map(pod => inhabitant(OPERATOR_PARTY, MANAGEMENT, { pod, ports: [OPERATOR_PORT] }))
}

interface Inside {
  pod: KubeObject
  ports: readonly number[]
}

function inhabitant(name: string, cluster: ClusterPlan, { pod, ports }: Inside): Party {
  return { ...party(cluster, name, pod.status.podIP, ports), pod }
}

/** What has an address that a pod of the cluster can send to, without being a pod: the other cluster's too. */
export function surroundingsOf(cluster: ClusterPlan): Party[] {
  const api = `${cluster.name}/Kubernetes API (Service)`
  return [
    party(cluster, api, cluster.apiServiceAddress, [443]),
    ...CLUSTERS.flatMap(nodeOf),
    party(cluster, 'outside', BRIDGE.address, [OUTSIDE_PORT]),
  ]
}

function nodeOf(cluster: ClusterPlan): Party[] {
  const { name, address, balancerAddress } = cluster
  return [
    party(cluster, `${name}/Kubernetes API (node)`, address, [API_PORT]),
    party(cluster, `${name}/kubelet`, address, [KUBELET_PORT]),
    party(cluster, `${name}/object store`, address, [STORE_PORT]),
    party(cluster, `${name}/load balancer`, balancerAddress, [443, 5222]),
  ]
}

function party(cluster: ClusterPlan, name: string, host: string, ports: readonly number[]): Party {
  return { name, cluster, ports: ports.map(port => ({ host, port })) }
}
