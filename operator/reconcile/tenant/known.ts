import type { Region } from '../../resources/region.ts'
import type { TenantScope } from './scope.ts'

/**
 * Regions in whose clusters not everything was listed, or that are away and may be others when they come back: that nothing
 * of a tenant is there cannot be concluded.
 */
export function notKnown({
  regions,
  runtimeOf,
}: Pick<TenantScope, 'regions' | 'runtimeOf'>): Region[] {
  return regions.filter(({ metadata }) => !runtimeOf(metadata.name)?.isKnown())
}
