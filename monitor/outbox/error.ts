/** The outbox can't be used: another process has it, or its directory can't be written. */
export class OutboxError extends Error {
  override readonly name: string = 'OutboxError'
}

/** Nothing was appended and nothing has moved: try again when reports have been sent, or the disk has room. */
export class OutboxFullError extends OutboxError {
  override readonly name = 'OutboxFullError'
}

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const BUSY = 5
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const NOT_A_DATABASE = 26

/** True for a file that another connection holds. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY
}

/** True for a file that is damaged, or never was a database. */
export function isCorrupt(error: unknown): boolean {
  const code = primaryCode(error)
  return code === CORRUPT || code === NOT_A_DATABASE
}

/** True when the disk has no room; SQLite says so, or that a write, a flush or the growing of a file has failed. */
export function isDiskFull(error: unknown): boolean {
  const code = primaryCode(error)
  return code === FULL || code === IOERR
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}
