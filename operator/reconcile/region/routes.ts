import type { Route } from '../../edge/index.ts'
import { tenantHost, tenantNamespace } from '../../names.ts'
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'

/**
 * Where the edge leads a tenant's host; undefined: nowhere, because it is not open. A stack that is closed because of
 * its residency keeps its route: no ingest runs behind it, and its people can still read what is there.
 */
export function routeOf(
  { metadata, spec, status }: Tenant,
  { spec: { domain } }: Region,
): Route | undefined {
  const isGoing = metadata.deletionTimestamp !== undefined || spec.suspend
  // What never ran has nothing behind its Services.
  const isThere = status?.version !== undefined || startedOf(status)
  if (isGoing || !isThere) return undefined
  return { host: tenantHost(metadata.name, domain), namespace: tenantNamespace(metadata.name) }
}

function startedOf(status: Tenant['status']): boolean {
  const parts = ['IngestReady', 'ApiReady']
  return parts.every(part =>
    status?.conditions?.some(({ type, status }) => type === part && status === 'True'),
  )
}
