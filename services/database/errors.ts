import pg from 'pg'

/**
 * The database could not do it now and may do it later: nothing was stored, send again. Its cause is what the database
 * or the connection said.
 */
export class TransientError extends Error {
  override name = 'TransientError'
}

/** The database was migrated by a newer Platen, to a schema that this one cannot use. */
export class NewerDatabaseError extends Error {
  override name = 'NewerDatabaseError'
}

/** A migration that this database has already gone through is no longer what it was. */
export class ChangedMigrationError extends Error {
  override name = 'ChangedMigrationError'
}

/**
 * SQLSTATE classes (PostgreSQL manual, appendix A) that a report's own content can cause and that come again with every
 * try: cardinality violation (rows that should differ), data exception, integrity constraint violation, program limit
 * exceeded. Everything else that a database says (a lost connection, a deadlock, a full disk, a missing privilege or
 * column) may be put right from outside, so it is never a reason to refuse a report for good.
 */
const CONTENT_CLASSES = ['21', '22', '23', '54']

/** Whether the content sent caused `error`, so that trying again is useless. */
export function isContentError(error: unknown): error is pg.DatabaseError {
  return (
    error instanceof pg.DatabaseError && CONTENT_CLASSES.includes((error.code ?? '').slice(0, 2))
  )
}

const DEFECTS = [TypeError, RangeError, ReferenceError, SyntaxError]

/** Whether our own code is wrong, as far as JavaScript itself tells. Any other error may come from the connection. */
export function isDefect(error: unknown): error is Error {
  return DEFECTS.some(kind => error instanceof kind)
}

/** Whether the database, or the way to it, failed for a reason that may pass. */
export function isTransient(error: unknown): boolean {
  if (isContentError(error)) return false
  return error instanceof pg.DatabaseError || isConnectionError(error)
}

/**
 * Whether the database is away and may come back: the way to it is broken, or it says so itself (SQLSTATE 57P0x: it is
 * starting or stopping; class 53: it has no room for another connection; PostgreSQL manual, appendix A). A wrong
 * password or a database that does not exist needs somebody's hand.
 */
export function isOutage(error: unknown): error is Error {
  return error instanceof pg.DatabaseError
    ? /^(57P0|53)/.test(error.code ?? '')
    : isConnectionError(error)
}

/** Whether a lock was not to be had within `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03'
}

/** What Node's sockets and the client library say of a connection that can't be had, or that was lost. */
const CONNECTION_ERROR =
  /^(E[A-Z]+$|EAI_)|^Connection terminated|^timeout exceeded|^Client (was closed|has encountered a connection error)/i

function isConnectionError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return CONNECTION_ERROR.test('code' in error ? String(error.code) : error.message)
}
