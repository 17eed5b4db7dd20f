import type { KubernetesObject } from '../cluster/object.ts'
import { ANNOTATIONS, tenantNamespace } from '../names.ts'
import type { TenantInput } from './input.ts'
import { labelsOf } from './labels.ts'
import { FIRST, writeServed } from './served.ts'

const LEVELS = ['enforce', 'audit', 'warn']

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const PODS_ARE_RESTRICTED = Object.fromEntries(
  LEVELS.map(level => [`pod-security.kubernetes.io/${level}`, 'restricted']),
)

export function namespace(input: TenantInput): KubernetesObject {
  const { databases = FIRST, region, tenant } = input
  const served = writeServed(databases)
  const { regionRef } = tenant.spec
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: tenantNamespace(tenant.metadata.name),
      labels: { ...labelsOf(input), ...PODS_ARE_RESTRICTED },
      annotations: {
        [ANNOTATIONS.country]: tenant.spec.country,
        [ANNOTATIONS.region]: region.metadata.name,
        ...(regionRef && { [ANNOTATIONS.regionRef]: regionRef.name }),
        ...(served !== writeServed(FIRST) && { [ANNOTATIONS.databases]: served }),
        ...(tenant.metadata.uid && { [ANNOTATIONS.tenantUid]: tenant.metadata.uid }),
      },
    },
  }
}
