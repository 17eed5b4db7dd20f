import type { KubernetesObject } from '../cluster/object.ts'
import { tenantHost } from '../names.ts'
import type { TenantInput } from './input.ts'
import { labelsOf } from './labels.ts'
import { owned } from './owned.ts'

/** The Secret of the tenant's certificate, whoever makes it. */
export const TLS_SECRET = 'tls'

/** Asks cert-manager for the certificate; without an issuer the region's own authority makes it. */
export function certificates(input: TenantInput): KubernetesObject[] {
  const { region, tenant } = input
  const { issuerRef } = region.spec.certificates
  if (!issuerRef) return []
  const ref = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name: TLS_SECRET }
  const { name, kind, group } = issuerRef
  const spec = {
    secretName: TLS_SECRET,
    // The watch sees Secrets by their labels.
    secretTemplate: { labels: labelsOf(input) },
    dnsNames: [tenantHost(tenant.metadata.name, region.spec.domain)],
    issuerRef: { name, kind, group },
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    usages: ['digital signature', 'server auth'],
  }
  return [owned(input, ref, { spec })]
}
