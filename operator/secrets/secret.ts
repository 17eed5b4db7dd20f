import type { KubernetesObject, ObjectRef } from '../cluster/object.ts'
import { nameOf } from '../cluster/object.ts'

/** Values of a Secret as text. */
export type Data = Record<string, string>

/** Annotations of the operator's own Secrets, besides `platen.dev/revision`. */
export const SECRET_ANNOTATIONS = {
  /** RFC 3339: when the content has to change by itself. */
  changeAt: 'platen.dev/change-at',
  /** The last `platen.dev/rotate` that was done, hashed; a Secret made under one has done it. */
  rotation: 'platen.dev/rotation',
  /** Of a certificate: the authority that signed it. */
  issuer: 'platen.dev/issuer',
  /** Of a certificate: its name. Of an authority: the domain to which it is bound. */
  dnsName: 'platen.dev/dns-name',
} as const

export interface Secret extends KubernetesObject {
  type: string
  /** Base64. */
  data?: Record<string, string>
}

export function refOfSecret(namespace: string, name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name }
}

export function encode(data: Data): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  )
}

export function decode({ data = {} }: Secret): Data {
  return Object.fromEntries(
    Object.entries(data).map(([key, base64]) => [key, Buffer.from(base64, 'base64').toString()]),
  )
}

export interface Shape {
  name: string
  type: string
  /** What must be there; more may be. */
  keys: readonly string[]
}

/** Why a Secret cannot be used as it is, with what to do; undefined: it can. */
export function wrongShape(
  wanted: Shape,
  found: { namespace: string; type: string; keys: readonly string[] },
): string | undefined {
  const secret = nameOf(refOfSecret(found.namespace, wanted.name))
  const advice = `it is not overwritten, because something may still need it; correct it, or delete it and a new one is made`
  if (found.type !== wanted.type) {
    return `cannot use ${secret}: its type is ${found.type}, not ${wanted.type}; ${advice}`
  }
  const missing = wanted.keys.filter(key => !found.keys.includes(key))
  if (missing.length === 0) return undefined
  return `cannot use ${secret}: it lacks ${missing.join(', ')}; ${advice}`
}

/** Empty values count as missing. */
export function keysOf({ data = {} }: Secret): string[] {
  return Object.keys(data).filter(key => data[key] !== '')
}
