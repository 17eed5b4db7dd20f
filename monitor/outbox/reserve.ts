import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

/**
 * Room on the disk that is kept for the way out of a full one: SQLite needs some even to delete. More than the
 * write-ahead log holds, so that it can be written back into the file.
 */
const BYTES = 8 * 1024 * 1024

export interface Reserve {
  /** Whether the room is there; makes it when it is not. While it can't be made, nothing may be appended. */
  ensure(): boolean
  /** Gives the room up, so that reports can be forgotten. False: it was given up before. */
  release(): boolean
  /** To be called when the outbox is empty: gives the room that it took back to the disk. */
  shrink(): void
}

export function createReserve(directory: string, database: DatabaseSync): Reserve {
  const path = join(directory, 'outbox.reserve')
  let isThere = existsSync(path)

  const make = () => {
    const unfinished = `${path}.new`
    try {
      writeFileSync(unfinished, Buffer.alloc(BYTES))
      renameSync(unfinished, path)
      return true
    } catch {
      rmSync(unfinished, { force: true })
      return false
    }
  }
  return {
    ensure() {
      isThere ||= make()
      return isThere
    },
    release() {
      if (!isThere) return false
      rmSync(path, { force: true })
      isThere = false
      database.exec('pragma wal_checkpoint(truncate)')
      return true
    },
    shrink() {
      if (isThere) return
      database.exec('vacuum')
      database.exec('pragma wal_checkpoint(truncate)')
      isThere = make()
    },
  }
}
