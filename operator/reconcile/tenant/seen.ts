import { ANNOTATIONS, tenantNamespace } from '../../names.ts'
import type { Target } from '../apply.ts'
import { newestOf } from '../apply.ts'
import { isLeftBy } from './namespace.ts'

/** Regions, other than `besides`, for which a namespace of the tenant was made, as the clusters' own objects tell. */
export function seenIn(
  targets: Iterable<[string, Target]>,
  { tenant, besides }: { tenant: string; besides: string | undefined },
): string[] {
  const regions = new Set<string>()
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: tenantNamespace(tenant) }
  for (const [, target] of targets) {
    const observed = newestOf(target, ref)
    const region =
      observed && isLeftBy(tenant, observed) && observed.annotations[ANNOTATIONS.region]
    if (region && region !== besides) regions.add(region)
  }
  return [...regions]
}
