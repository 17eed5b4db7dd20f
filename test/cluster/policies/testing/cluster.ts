import type { Cluster, Labels, Namespace, NetworkPolicy, Pod } from '../objects.ts'
import { POD_CIDR } from './lab.ts'

export const PLACE = { table: 'platen-policies-test', podCidr: POD_CIDR, podInterface: 'cni0' }

export function namespace(name: string, labels: Labels = {}): Namespace {
  return { metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } } }
}

export interface PodPlan {
  /** `namespace/name`. */
  name: string
  /** Absent: it has none yet. */
  ip?: string
  labels?: Labels
  /** TCP ports by name. */
  ports?: Record<string, number>
}

/** A running pod; its label `pod` is its name. */
export function pod({ name: path, ip, labels = {}, ports = {} }: PodPlan): Pod {
  const [namespace = '', name = ''] = path.split('/')
  const named = Object.entries(ports).map(([each, containerPort]) => ({
    name: each,
    containerPort,
  }))
  return {
    metadata: { namespace, name, labels: { pod: name, ...labels } },
    spec: { containers: [{ ports: named }] },
    status: { phase: 'Running', ...(ip && { podIPs: [{ ip }] }) },
  }
}

/** @param name `namespace/name`. */
export function policy(name: string, spec: NonNullable<NetworkPolicy['spec']>): NetworkPolicy {
  const [namespace = '', rest = ''] = name.split('/')
  return { metadata: { namespace, name: rest }, spec }
}

export const nothing: Cluster = { pods: [], namespaces: [], policies: [] }
