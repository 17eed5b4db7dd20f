import { hash } from 'node:crypto'
import { foreignFields, ownFields } from './managed-fields.ts'
import type { FieldsV1, KubernetesObject } from './object.ts'

/**
 * Compares what we want with what is there without knowing any schema: `digestOf` what is applied equals `digestOwned`
 * of the stored object as long as every field that we applied is still ours and has the value that we gave it. Fields
 * of others (defaults, status, labels that somebody added) make no difference, but for what runs and who may speak to whom
 * (managed-fields.ts).
 *
 * Holds where the object is written as the server stores it: quantities in their shortest form, defaults spelled out
 * inside lists and maps that are replaced as a whole, no empty strings where Go leaves them out.
 */

/** Of an object as it is applied: 22 characters. */
export function digestOf(desired: KubernetesObject): string {
  const { apiVersion: _1, kind: _2, status: _3, metadata, ...content } = desired
  const { labels, annotations, finalizers } = metadata
  return digest({ ...content, metadata: filled({ labels, annotations, finalizers }) })
}

/** Without empty labels and annotations: the server keeps nothing of them. */
function filled<T>(metadata: Record<string, T>): Record<string, T> | undefined {
  const members = Object.entries(metadata).filter(([, each]) => Object.keys(each ?? {}).length > 0)
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

/** Of what `FIELD_MANAGER` applied of an observed object, with the values of now, and of what others set where only we may. */
export function digestOwned(observed: KubernetesObject): string {
  return digest({ ...pickOwned(observed), foreign: foreignFields(observed) })
}

function pickOwned(observed: KubernetesObject) {
  const { 'f:metadata': metadata = {}, ...fields } = ownFields(observed)
  // To have applied no labels does not make everybody else's ours.
  const { labels, annotations, finalizers } = pickMap(observed.metadata, filled(metadata) ?? {})
  return {
    ...pickMap(observed, fields),
    metadata: filled({ labels, annotations, finalizers }),
  }
}

/**
 * What `FIELD_MANAGER` applied of an observed object, with the values of now: applied again it changes nothing, and with
 * one change nothing but that.
 */
export function ownedOf(observed: KubernetesObject): KubernetesObject {
  const { apiVersion, kind, metadata } = observed
  const { name, namespace } = metadata
  const { metadata: marks, ...content } = pickOwned(observed)
  const identity = { name, ...(namespace !== undefined && { namespace }) }
  return { ...content, apiVersion, kind, metadata: { ...identity, ...marks } }
}

function digest(content: unknown): string {
  // 128 of its 256 bits: nobody gains from a collision, and tens of thousands are kept.
  return hash('sha256', canonical(content), 'base64url').slice(0, 22)
}

/**
 * The part of a value that `fields` names (https://pkg.go.dev/sigs.k8s.io/structured-merge-diff/v6/fieldpath): `f:`
 * a field, `k:` an element by its keys, `v:` an element by its value, `i:` an element by its index, `.` the thing
 * itself. Fields without a member are owned as a whole.
 */
function pick(value: unknown, fields: FieldsV1): unknown {
  const paths = Object.keys(fields)
  if (paths.length === 0) return value
  if (Array.isArray(value)) return pickElements(value, fields, paths)
  return isMap(value) ? pickMap(value, fields) : value
}

function pickMap(value: object, fields: FieldsV1): Record<string, unknown> {
  const members = value as Record<string, unknown>
  const picked: Record<string, unknown> = {}
  for (const path of Object.keys(fields)) {
    if (!path.startsWith('f:')) continue
    const name = path.slice(2)
    picked[name] = pick(members[name], fields[path] ?? {})
  }
  return picked
}

/** Elements stay in the list's own order: that of init containers means something. */
function pickElements(list: unknown[], fields: FieldsV1, paths: string[]): unknown[] {
  const keys = keysOf(paths)
  const wanted = new Map<string, FieldsV1>()
  for (const path of paths) {
    if (path !== '.') wanted.set(identify(path, keys), fields[path] ?? {})
  }
  const picked: unknown[] = []
  for (const [index, element] of list.entries()) {
    const own = wanted.get(identityOf(element, keys)) ?? wanted.get(`i:${index}`)
    if (own) picked.push(pick(element, own))
  }
  return picked
}

/** Of `k:{"containerPort":5222,"protocol":"TCP"}`: the elements of one list all have the same keys. */
function keysOf(paths: string[]): string[] | undefined {
  const path = paths.find(each => each.startsWith('k:'))
  return path === undefined ? undefined : Object.keys(JSON.parse(path.slice(2)))
}

/** The identity of the element that a path names. */
function identify(path: string, keys: string[] | undefined): string {
  return path.startsWith('i:') ? path : identityOf(JSON.parse(path.slice(2)), keys)
}

function identityOf(element: unknown, keys: string[] | undefined): string {
  if (!keys || !isMap(element)) return canonical(element)
  return keys.map(key => JSON.stringify(element[key])).join()
}

/** JSON with sorted keys. A field that is null or an empty list is as good as none: the server leaves both out. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isMap(value)) return JSON.stringify(value) ?? 'null'
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member === undefined || member === null) continue
    if (Array.isArray(member) && member.length === 0) continue
    members.push(`${JSON.stringify(key)}:${canonical(member)}`)
  }
  return `{${members.join(',')}}`
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
