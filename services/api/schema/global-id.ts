import { badInput } from '../errors.ts'

const FORM = /^([A-Z][A-Za-z]*):([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/

/** An id that is unique over all types: the type's name and the row's UUID, opaque to callers. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url')
}

/** Throws badInput for anything that encodeGlobalId can't have made. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  const parsed = parseGlobalId(globalId)
  if (parsed) return parsed
  throw badInput(
    `cannot find "${globalId.slice(0, 100)}": it is not an id; give an id as this API returned it`,
  )
}

/** Undefined: encodeGlobalId can't have made it. */
export function parseGlobalId(text: string): { typename: string; id: string } | undefined {
  const [, typename, id] = FORM.exec(Buffer.from(text, 'base64url').toString()) ?? []
  return typename !== undefined && id !== undefined ? { typename, id } : undefined
}
