import { LABELS, tenantIn } from '../names.ts'
import type { Observed } from './observed.ts'

/**
 * Name of the tenant that an object belongs to, by its label; undefined: to none. A network policy belongs where it stands,
 * whatever it is labelled: one of somebody else opens a way in or out there.
 */
export function tenantOf({ ref, labels, facts }: Observed): string | undefined {
  return facts.kind === 'policy' ? tenantIn(ref.namespace) : labels[LABELS.tenant]
}
