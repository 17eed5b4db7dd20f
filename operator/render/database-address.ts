import type { TenantInput } from './input.ts'
import { PARTS, selectorOf } from './labels.ts'
import { FIRST, servingOf } from './served.ts'

/** Name of the StatefulSet. */
export const DATABASE_NAME = PARTS.database.name

export function isCloudNativePg({ region }: TenantInput): boolean {
  return region.spec.database.kind === 'cnpg'
}

/** The Cluster of CloudNativePG that serves. */
export function clusterName({ databases }: TenantInput): string {
  return servingOf(databases ?? FIRST).name
}

/** The Service of the primary, in the tenant's namespace. */
export function databaseHost(input: TenantInput): string {
  return isCloudNativePg(input) ? `${clusterName(input)}-rw` : DATABASE_NAME
}

/**
 * Selects its pods. CloudNativePG's short-lived pods that create an instance inherit none of our labels: its own is on all
 * of them, also of a Cluster that is being made of a backup. The namespace holds no others.
 */
export function databasePods(input: TenantInput) {
  return isCloudNativePg(input)
    ? { matchExpressions: [{ key: 'cnpg.io/cluster', operator: 'Exists' }] }
    : { matchLabels: selectorOf(input, PARTS.database) }
}
