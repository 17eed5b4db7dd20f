import type { Observed } from './cluster/observed.ts'
import type { Change } from './cluster/store.ts'
import { LABELS, MANAGED_BY } from './names.ts'
import type { Priority } from './queue/lanes.ts'

export const tenantKey = (name: string) => `tenant/${name}`
export const regionKey = (name: string) => `region/${name}`

/** What a key of the queue is about. */
export function parseKey(key: string): { kind: 'tenant' | 'region'; name: string } {
  const kind = key.startsWith('region/') ? 'region' : 'tenant'
  return { kind, name: key.slice(kind.length + 1) }
}

const TENANT_NAMESPACE = /^tenant-(.+)$/

/** Whose object it is, by its labels; of a volume, by the namespace of its claim. */
export function ownerOf({ labels, facts }: Observed): string | undefined {
  const tenant = labels[LABELS.tenant]
  if (tenant !== undefined) return tenantKey(tenant)
  const region = labels[LABELS.region]
  if (region !== undefined) return regionKey(region)
  const namespace = facts.kind === 'volume' ? facts.claim?.namespace : undefined
  const name = TENANT_NAMESPACE.exec(namespace ?? '')?.[1]
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
