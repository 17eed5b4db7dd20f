import postgres from 'postgres'

/**
 * The database could not do it now and may do it later: nothing was stored, send again. Its cause is what the database
 * or the connection said.
 */
export class TransientError extends Error {
  override name = 'TransientError'
}

/** The database was migrated by a newer Platen than this one. */
export class NewerDatabaseError extends Error {
  override name = 'NewerDatabaseError'
}

/** A migration that this database has already gone through is no longer what it was. */
export class ChangedMigrationError extends Error {
  override name = 'ChangedMigrationError'
}

/**
 * SQLSTATE classes (PostgreSQL manual, appendix A) that a report's own content can cause and that come again with every
 * try: data exception, integrity constraint violation, program limit exceeded. Everything else that a database says
 * (a lost connection, a deadlock, a full disk, a missing privilege or column) may be put right from outside, so it is
 * never a reason to refuse a report for good.
 */
const CONTENT_CLASSES = ['22', '23', '54']

/** Whether the content sent caused `error`, so that trying again is useless. */
export function isContentError(error: unknown): error is postgres.PostgresError {
  return (
    error instanceof postgres.PostgresError && CONTENT_CLASSES.includes(error.code.slice(0, 2))
  )
}

/** `error` as a TransientError, if the database or the way to it caused it; otherwise as it is. */
export function asTransient(error: unknown): unknown {
  if (error instanceof TransientError || isContentError(error)) return error
  if (!(error instanceof postgres.PostgresError) && !isConnectionError(error)) return error
  return new TransientError('cannot write to the database for now; try again later', {
    cause: error,
  })
}

/** Codes of the client library (CONNECTION_CLOSED, CONNECT_TIMEOUT, ...) and of Node's sockets. */
const CONNECTION_CODES = /^(CONNECT|ECONN|EPIPE|ENOENT|EACCES|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET)/

function isConnectionError(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    CONNECTION_CODES.test(error.code)
  )
}
