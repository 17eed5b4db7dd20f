import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isBusy, isCorrupt, OutboxError } from './error.ts'

const NAME = 'outbox.sqlite'
const SCHEMA_VERSION = 1

// Why synchronous=FULL, and one process only: docs/decisions/003-outbox.md
const PRAGMAS = `
  pragma locking_mode = exclusive;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma journal_size_limit = 8388608;
`

const SCHEMA = `
  create table outbox (
    id       integer primary key check (id = 1),
    epoch    text not null,
    last_seq integer not null default 0,
    thinned  integer not null default 0, -- reports dropped for want of room
    refused  integer not null default 0  -- reports put aside because the ingest will never store them
  ) strict;

  -- Reports that the ingest has not acknowledged.
  create table report (
    seq      integer primary key,
    device   text not null,    -- '' in a report about the monitor itself
    sections integer not null, -- bits of the sections in it: bits.ts
    changed  integer not null, -- those that a thinned queue must still state
    bytes    integer not null,
    xml      text not null
  ) strict;
  create index report_by_device on report (device, seq, sections, changed, bytes);

  create table dead_letter (
    seq    integer primary key,
    code   text not null,
    reason text not null,
    xml    text not null
  ) strict;

  -- What was last reported of each device, as JSON. It moves in the transaction of the append.
  create table device (
    key              text primary key, -- the monitor's own name for it
    identity         text not null,    -- JSON: by what it is known again
    state            text,
    reported_full_at integer           -- ms since 1970
  ) strict;
`

export interface OpenedFile {
  database: DatabaseSync
  /** A damaged file was there; it was moved to this path. */
  movedAside?: string
}

/**
 * Opens the file in the directory, or makes it. A damaged one is moved aside (the last such one is kept).
 *
 * @throws {OutboxError} when another process holds it, or a newer version has made it, or the directory can't be used.
 */
export function openFile(directory: string): OpenedFile {
  makeDirectory(directory)
  const path = join(directory, NAME)
  try {
    return { database: open(path) }
  } catch (error) {
    if (!isCorrupt(error)) throw openingError(error)
  }
  const aside = `${path}.damaged`
  renameSync(path, aside)
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
  return { database: open(path), movedAside: aside }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new OutboxError(`cannot make the outbox's directory: ${why}; check PLATEN_DATA`, {
      cause,
    })
  }
}

function open(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600)) // nobody else reads it; its write-ahead log gets the same permissions
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec(PRAGMAS)
    database.exec('begin immediate') // takes the lock for as long as this process lives
    const version = Number(database.prepare('pragma user_version').get()?.user_version)
    if (version === 0) create(database)
    else if (version !== SCHEMA_VERSION) throw newerVersion()
    database.exec('commit')
    check(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function create(database: DatabaseSync): void {
  database.exec(SCHEMA)
  database.prepare('insert into outbox (id, epoch) values (1, ?)').run(randomUUID())
  database.exec(`pragma user_version = ${SCHEMA_VERSION}`)
}

/** SQLite notices damage only where it reads: this reads everything. */
function check(database: DatabaseSync): void {
  const row = database.prepare('pragma quick_check(1)').get()
  if (row?.quick_check === 'ok') return
  throw Object.assign(new Error('the file is damaged'), { errcode: 11 })
}

function newerVersion(): OutboxError {
  return new OutboxError(
    'cannot open the outbox: a newer version of the monitor has made it; start that version',
  )
}

function openingError(error: unknown): Error {
  if (error instanceof OutboxError) return error
  if (isBusy(error)) {
    return new OutboxError(
      'cannot open the outbox: another monitor is using it; stop that one, or give PLATEN_DATA another directory',
      { cause: error },
    )
  }
  const why = error instanceof Error ? error.message : String(error)
  return new OutboxError(`cannot open the outbox: ${why}; check PLATEN_DATA`, { cause: error })
}
