import type { KubernetesObject } from './object.ts'

/** What a reflector keeps of a Region or Tenant: all but the managers of its fields, which are most of its bytes. */
export function keepWhole<T extends KubernetesObject>(object: KubernetesObject): T {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata } as T
}
