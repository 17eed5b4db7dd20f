import type { KubernetesObject } from '../cluster/object.ts'
import { tenantNamespace } from '../names.ts'
import type { TenantInput } from './input.ts'
import { labelsOf, type Part } from './labels.ts'

export interface OwnedRef {
  apiVersion: string
  kind: string
  name: string
  part?: Part
}

/** One object in the tenant's namespace with its labels. */
export function owned(
  input: TenantInput,
  { apiVersion, kind, name, part }: OwnedRef,
  content: Record<string, unknown>,
): KubernetesObject {
  const namespace = tenantNamespace(input.tenant.metadata.name)
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels: labelsOf(input, part) },
    ...content,
  }
}
