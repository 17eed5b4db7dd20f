import type { Cluster } from '../cluster/cluster.ts'
import type { KindRef, KubernetesObject } from '../cluster/object.ts'
import { LABELS, tenantNamespace } from '../names.ts'

/** Something in a tenant's namespace that no watch sees, and that could let data in or out. */
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

interface Suspect extends KindRef {
  isForeign(object: KubernetesObject, tenant: string): boolean
}

/** What could: the API serves them everywhere. */
const SUSPECTS: readonly Suspect[] = [
  // Those with the tenant's label are watched, whoever made them (pods.ts, volumes.ts).
  { apiVersion: 'v1', kind: 'Pod', isForeign: isUnlabelled },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', isForeign: isUnlabelled },
  { apiVersion: 'v1', kind: 'Service', isForeign: isExit },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', isForeign: () => true },
]

/** Looks for what the watches, which go by label, do not see in a tenant's namespace. Four calls. */
export async function findForeign(
  cluster: Cluster,
  tenant: string,
  signal: AbortSignal,
): Promise<ForeignObject[]> {
  const namespace = tenantNamespace(tenant)
  const found: ForeignObject[] = []
  for (const { isForeign, ...kind } of SUSPECTS) {
    for await (const object of cluster.list(kind, { namespace, signal })) {
      if (isForeign(object, tenant)) found.push({ kind: object.kind, name: object.metadata.name })
    }
  }
  return found
}

function isUnlabelled({ metadata }: KubernetesObject, tenant: string): boolean {
  return metadata.labels?.[LABELS.tenant] !== tenant
}

/** A Service that stays inside is harmless: policies decide who gets to it. */
function isExit({ spec }: KubernetesObject): boolean {
  const { type = 'ClusterIP', externalIPs = [] } = (spec ?? {}) as ServiceSpec
  return type !== 'ClusterIP' || externalIPs.length > 0
}

interface ServiceSpec {
  type?: string
  externalIPs?: string[]
}
