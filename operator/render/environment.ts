import type { V1EnvVar } from '@kubernetes/client-node'
import { DATABASE, tenantNamespace } from '../names.ts'
import { collectorOf } from '../residency/collector.ts'
import { databaseHost } from './database-address.ts'
import type { TenantInput } from './input.ts'

export const HEALTH_PORT = 8080

export type DatabaseSecret = 'database-owner' | 'database-api' | 'database-ingest' | 'database-xmpp'

export function value(name: string, value: string): V1EnvVar {
  return { name, value }
}

export function fromSecret(name: string, secret: string, key: string): V1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } }
}

/** PLATEN_DATABASE_URL; passwords are letters and digits, so that they can stand in a URL as they are. */
export function databaseUrl(input: TenantInput, secret: DatabaseSecret): V1EnvVar[] {
  const place = `${databaseHost(input)}:${DATABASE.port}/${DATABASE.name}`
  return [
    // Kubernetes puts in only variables that stand before.
    fromSecret('DATABASE_USERNAME', secret, 'username'),
    fromSecret('DATABASE_PASSWORD', secret, 'password'),
    value('PLATEN_DATABASE_URL', `postgres://$(DATABASE_USERNAME):$(DATABASE_PASSWORD)@${place}`),
  ]
}

/** What every serving process of ours reads: health, and telemetry where the Region has a collector. */
export function processEnvironment(input: TenantInput): V1EnvVar[] {
  const collector = collectorOf(input.region.spec)
  const health = [
    value('PLATEN_HEALTH_HOST', '0.0.0.0'),
    value('PLATEN_HEALTH_PORT', String(HEALTH_PORT)),
  ]
  if (!collector) return health
  const namespace = tenantNamespace(input.tenant.metadata.name)
  return [
    ...health,
    value('OTEL_EXPORTER_OTLP_ENDPOINT', collector),
    value('OTEL_RESOURCE_ATTRIBUTES', `k8s.namespace.name=${namespace}`),
  ]
}
