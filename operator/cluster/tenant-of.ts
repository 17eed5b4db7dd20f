import { LABELS, tenantIn } from '../names.ts'
import type { Observed } from './observed.ts'

/**
 * Name of the tenant that an object belongs to, by its label; undefined: to none. Elsewhere than in the tenant's namespace
 * anybody may put that label on anything. A network policy belongs where it stands, whatever it is labelled: one of somebody
 * else opens a way in or out there.
 */
export function tenantOf({ ref, labels, facts }: Observed): string | undefined {
  const { namespace } = ref
  if (facts.kind === 'policy') return tenantIn(namespace)
  const tenant = labels[LABELS.tenant]
  return namespace === undefined || tenantIn(namespace) === tenant ? tenant : undefined
}
