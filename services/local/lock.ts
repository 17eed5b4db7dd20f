import { DatabaseSync } from 'node:sqlite'

/** A lock that is held until it is released, or this process ends, however that comes about. */
export interface Lock {
  release(): void
}

/** SQLite's lock on an empty file: only one process gets it. Undefined: another holds it. */
export function tryLock(file: string): Lock | undefined {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('pragma journal_mode = off; begin exclusive')
    return { release: () => database.close() }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return undefined
    throw error
  }
}

/** https://www.sqlite.org/rescode.html#busy */
const BUSY = 5
