import { OPERATOR_NAMESPACE } from '../../cluster/platform/operator.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import type { Part } from './usage.ts'

/** What a tenant's data goes through; the last three are shared with other tenants. */
export function partsOf({ name, region }: TenantPlan): Part[] {
  const own = `tenant-${name}`
  const shared = `platen-region-${region.name}`
  return [
    part('XMPP server', own, 'ingest-', 'xmpp'),
    part('ingest', own, 'ingest-', 'ingest'),
    part('API', own, 'api-', 'api'),
    part('PostgreSQL', own, 'database-', 'postgresql'),
    part('backup', own, 'database-', 'backup'),
    part("the region's edge: HAProxy", shared, 'edge-', 'haproxy'),
    part("the region's edge: agent", shared, 'edge-', 'agent'),
    part('operator', OPERATOR_NAMESPACE, 'platen-operator-', 'operator'),
  ]
}

function part(name: string, namespace: string, pods: string, container: string): Part {
  return { name, namespace, pods, container }
}
