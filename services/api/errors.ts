import { isOutage } from '@platen/database'
import { codeOf, errorDetails } from '@platen/telemetry'
import { PothosValidationError } from '@pothos/core'
import { GraphQLError } from 'graphql'

/** The caller's own mistake: the message says what to give instead. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

export const UNAVAILABLE = 'The database cannot be asked for now: try again later.'

/** SQLSTATE query_canceled: the statement took longer than statement_timeout. */
const QUERY_CANCELED = '57014'

/**
 * What the caller may see of an error. Its own mistakes pass; of anything else it learns that it happened, and `log`
 * gets to know where: never the message, which may quote values or SQL.
 */
export function visibleError(error: unknown, log: (details: object) => void): Error {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error
  if (cause instanceof GraphQLError && isCallersMistake(cause)) {
    const { code = 'BAD_USER_INPUT' } = cause.extensions
    return locatedLike(error, cause.message, String(code))
  }
  if (codeOf(cause) === QUERY_CANCELED) {
    return locatedLike(error, 'The answer took too long: ask for less at once.', 'TIMEOUT')
  }
  if (isOutage(cause)) return locatedLike(error, UNAVAILABLE, 'UNAVAILABLE')
  log(errorDetails(cause))
  return locatedLike(
    error,
    'The answer failed, and the reason is in the log.',
    'INTERNAL_SERVER_ERROR',
  )
}

/** Before execution (without a path) everything is; later on, a value that the schema does not allow is our own. */
function isCallersMistake(error: GraphQLError): boolean {
  return (
    error.path === undefined ||
    error.extensions.code !== undefined ||
    error instanceof PothosValidationError
  )
}

/** A new error at the place in the query where `error` happened. */
function locatedLike(error: unknown, message: string, code: string): GraphQLError {
  const { nodes, path, extensions } = error instanceof GraphQLError ? error : new GraphQLError('')
  return new GraphQLError(message, { nodes, path, extensions: { ...extensions, code } })
}
