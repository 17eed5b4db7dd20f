import { badInput } from '../errors.ts'

const FORM = /^([A-Z][A-Za-z]*):([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/

/** An id that is unique over all types: the type's name and the row's UUID, opaque to callers. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url')
}

/** Throws badInput for anything that encodeGlobalId can't have made. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  const [, typename, id] = FORM.exec(Buffer.from(globalId, 'base64url').toString()) ?? []
  if (typename !== undefined && id !== undefined) return { typename, id }
  throw badInput(
    `cannot find "${globalId.slice(0, 100)}": it is not an id; give an id as this API returned it`,
  )
}
