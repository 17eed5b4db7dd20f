import type { Cluster } from '../cluster/cluster.ts'
import type { KindRef, KubernetesObject } from '../cluster/object.ts'
import { LABELS, tenantNamespace } from '../names.ts'

/** Something in a tenant's namespace that does not carry the tenant's label, and that could let data out. */
export interface ForeignObject {
  kind: string
  name: string
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
 * not see it. Five calls; once an hour is often enough, because admission refuses such things in the first place.
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
