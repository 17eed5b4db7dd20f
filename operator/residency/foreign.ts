import type { Cluster } from '../cluster/cluster.ts'
import type { KindRef, KubernetesObject } from '../cluster/object.ts'
import { LABELS, tenantNamespace } from '../names.ts'

/** Something in a tenant's namespace that does not carry the tenant's label, and that could let data out. */
export interface ForeignObject {
  kind: string
  name: string
}

/** What was found, and when; milliseconds since 1970. */
export interface ForeignSeen {
  found: readonly ForeignObject[]
  at: number
}

const KEPT_MS = 3_600_000
const KEPT_WHILE_THERE_MS = 60_000

/**
 * When to look again, in milliseconds since 1970: an hour later, because admission refuses such things in the first
 * place, and a minute later while something is there that keeps the stack closed.
 */
export function foreignAgainAt(seen: ForeignSeen | undefined): number {
  if (!seen) return 0
  return seen.at + (seen.found.length > 0 ? KEPT_WHILE_THERE_MS : KEPT_MS)
}

/** What could: the API serves them everywhere. */
const KINDS: readonly KindRef[] = [
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
]

/**
 * Looks for what is in a tenant's namespace without being labelled as the tenant's: the watches, which go by label, do
 * not see it. Five calls.
 */
export async function findForeign(
  cluster: Cluster,
  tenant: string,
  signal: AbortSignal,
): Promise<ForeignObject[]> {
  const namespace = tenantNamespace(tenant)
  const labelSelector = `${LABELS.tenant}!=${tenant}`
  const found: ForeignObject[] = []
  for (const kind of KINDS) {
    for await (const object of cluster.list(kind, { namespace, labelSelector, signal })) {
      if (isExit(object)) found.push({ kind: object.kind, name: object.metadata.name })
    }
  }
  return found
}

/** A Service that stays inside is harmless: policies decide who gets to it. */
function isExit({ kind, spec }: KubernetesObject): boolean {
  if (kind !== 'Service') return true
  const { type = 'ClusterIP', externalIPs = [] } = (spec ?? {}) as ServiceSpec
  return type !== 'ClusterIP' || externalIPs.length > 0
}

interface ServiceSpec {
  type?: string
  externalIPs?: string[]
}
