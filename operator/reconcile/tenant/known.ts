import type { Region } from '../../resources/region.ts'
import type { TenantScope } from './scope.ts'

/**
 * Regions in whose clusters not everything was listed yet: that nothing of a tenant is there cannot be concluded. One that
 * was known and does not answer any more is none of them.
 */
export function notKnown({
  regions,
  runtimeOf,
}: Pick<TenantScope, 'regions' | 'runtimeOf'>): Region[] {
  return regions.filter(({ metadata }) => !runtimeOf(metadata.name)?.isKnown())
}
