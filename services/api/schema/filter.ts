import { badInput } from '../errors.ts'
import { LIMITS } from '../limits.ts'

/** A filter's text as the database can take it; null and absent mean no filter. Throws badInput. */
export function filterText(name: string, value: string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined
  if (value.length <= LIMITS.text && !value.includes('\0')) return value
  throw badInput(
    `cannot filter by ${name}: give at most ${LIMITS.text} characters, none of them NUL`,
  )
}

/** GraphQL's null, which a variable may hold, is the same as absent. */
export function given<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined
}
