import type { Observed } from './cluster/observed.ts'
import type { Change } from './cluster/store.ts'
import { tenantOf } from './cluster/tenant-of.ts'
import { LABELS, MANAGED_BY, tenantIn } from './names.ts'
import type { Priority } from './queue/lanes.ts'

export const tenantKey = (name: string) => `tenant/${name}`
export const regionKey = (name: string) => `region/${name}`

/** What a key of the queue is about. */
export function parseKey(key: string): { kind: 'tenant' | 'region'; name: string } {
  const kind = key.startsWith('region/') ? 'region' : 'tenant'
  return { kind, name: key.slice(kind.length + 1) }
}

/** Whose object it is, by its labels; of a network policy, by its namespace; of a volume, by that of its claim. */
export function ownerOf(observed: Observed): string | undefined {
  const { labels, facts } = observed
  const tenant = tenantOf(observed)
  if (tenant !== undefined) return tenantKey(tenant)
  const region = labels[LABELS.region]
  if (region !== undefined) return regionKey(region)
  const name = facts.kind === 'volume' ? tenantIn(facts.claim?.namespace) : undefined
  return name === undefined ? undefined : tenantKey(name)
}

/** A hand at what is ours is repaired at once; what merely gets on, such as pods, comes after what people do. */
export function urgencyOf(change: Change<Observed>): Priority {
  if (change.type !== 'changed') {
    const { labels } = change.type === 'added' ? change.after : change.before
    return labels[LABELS.managedBy] === MANAGED_BY ? 'edit' : 'resync'
  }
  const { before, after } = change
  const isTouched = before.digest !== after.digest || before.deleting !== after.deleting
  return isTouched ? 'edit' : 'resync'
}
