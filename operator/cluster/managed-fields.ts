import { FIELD_MANAGER } from './cluster.ts'
import type { FieldsV1, KubernetesObject, ManagedFields } from './object.ts'

/** What `FIELD_MANAGER` applied of an observed object. */
export function ownFields({ metadata }: KubernetesObject): FieldsV1 {
  const entry = metadata.managedFields?.find(
    ({ manager, operation, subresource }) =>
      manager === FIELD_MANAGER && operation === 'Apply' && !subresource,
  )
  return entry?.fieldsV1 ?? {}
}

const POD_SPEC = ['f:spec', 'f:template', 'f:spec']

/**
 * Where nobody besides us sets anything: who may speak to whom, and what runs. Elsewhere a field that we do not apply is
 * free for others. Pods of a Job cannot be changed by anybody.
 */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  'networking.k8s.io/v1/NetworkPolicy': ['f:spec'],
  'apps/v1/Deployment': POD_SPEC,
  'apps/v1/StatefulSet': POD_SPEC,
  'batch/v1/CronJob': ['f:spec', 'f:jobTemplate', ...POD_SPEC],
}

/** What others set where only we may, by each of them; empty: nothing. What they set and we apply counts as ours. */
export function foreignFields(object: KubernetesObject): FieldsV1[] {
  const closed = CLOSED[`${object.apiVersion}/${object.kind}`]
  if (!closed) return []
  const own = ownFields(object)
  const others = (object.metadata.managedFields ?? []).filter(isForeign)
  return others.flatMap(({ fieldsV1 = {} }) => besides(within(fieldsV1, closed), own) ?? [])
}

/**
 * Whoever writes says himself what he is called, so our name alone proves nothing; what is applied under it is compared
 * anyway. A default that somebody changed stays listed here once it is back: each new operator applies that object once.
 */
function isForeign({ manager, operation, subresource }: ManagedFields): boolean {
  return !(manager === FIELD_MANAGER && operation === 'Apply') && !subresource
}

/** The part of `fields` that lies at the end of a way. */
function within(fields: FieldsV1, [first, ...rest]: readonly string[]): FieldsV1 {
  if (first === undefined) return fields
  const members = fields[first]
  return members ? { [first]: within(members, rest) } : {}
}

/** Undefined: all of `theirs` is among `ours`. */
function besides(theirs: FieldsV1, ours: FieldsV1): FieldsV1 | undefined {
  const left: FieldsV1 = {}
  for (const [path, members] of Object.entries(theirs)) {
    if (path === '.') continue
    const known = ours[path]
    const more = known ? besides(members, known) : members
    if (more) left[path] = more
  }
  return Object.keys(left).length > 0 ? left : undefined
}

/**
 * The merge patch (RFC 7396) that takes fields of others away: fields that we do not have go, and lists become exactly
 * ours, because server-side apply leaves the elements of others in a list.
 */
export function withoutForeign(
  desired: object,
  foreign: readonly FieldsV1[],
): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const fields of foreign) takeAway(desired, fields, patch)
  return patch
}

function takeAway(desired: object, fields: FieldsV1, patch: Record<string, unknown>): void {
  for (const [path, members] of Object.entries(fields)) {
    const name = path.slice('f:'.length)
    const wanted = (desired as Record<string, unknown>)[name]
    if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) {
      patch[name] = wanted ?? null
      continue
    }
    const inner = (patch[name] ?? {}) as Record<string, unknown>
    takeAway(wanted, members, inner)
    patch[name] = inner
  }
}
