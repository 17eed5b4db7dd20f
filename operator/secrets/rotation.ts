import { createHash } from 'node:crypto'

/** What `platen.dev/rotate` asks for. */
export interface Rotation {
  /** Of the annotation's value: what was done for it is not done again. Undefined: nothing is asked for. */
  id: string | undefined
  wants(name: string): boolean
  /** Words that name no secret. */
  unknown: string[]
}

/**
 * Reads `all` or names, separated by commas; what stands behind an `@` says nothing, and serves to ask for the same
 * once more: `all@2026-11-23`.
 */
export function readRotation(annotation: string | undefined, names: readonly string[]): Rotation {
  const words = (annotation ?? '')
    .split(',')
    .map(word => word.replace(/@.*/s, '').trim())
    .filter(word => word !== '')
  return {
    id: words.length === 0 ? undefined : idOf(annotation ?? ''),
    wants: name => words.includes('all') || words.includes(name),
    unknown: words.filter(word => word !== 'all' && !names.includes(word)),
  }
}

function idOf(annotation: string): string {
  return createHash('sha256').update(annotation).digest('hex').slice(0, 16)
}

/** A sentence, or undefined. */
export function refuseUnknown({ unknown }: Rotation, names: readonly string[]): string | undefined {
  if (unknown.length === 0) return undefined
  return `cannot rotate ${unknown.join(', ')}: no such secret; use all or some of ${names.join(', ')}`
}
