import type { TenantInput } from './input.ts'
import { PARTS, selectorOf } from './labels.ts'

/** Name of the StatefulSet, or of CloudNativePG's Cluster. */
export const DATABASE_NAME = PARTS.database.name

export function isCloudNativePg({ region }: TenantInput): boolean {
  return region.spec.database.kind === 'cnpg'
}

/** The Service of the primary, in the tenant's namespace. */
export function databaseHost(input: TenantInput): string {
  return isCloudNativePg(input) ? `${DATABASE_NAME}-rw` : DATABASE_NAME
}

/**
 * The labels of its pods. CloudNativePG's short-lived pods that create an instance inherit none of ours: its own label
 * is on all of them.
 */
export function databaseSelector(input: TenantInput): Record<string, string> {
  return isCloudNativePg(input)
    ? { 'cnpg.io/cluster': DATABASE_NAME }
    : selectorOf(input, PARTS.database)
}
