import type { DatabaseSync } from 'node:sqlite'
import { encodeReport, type Report } from '@platen/protocol'
import { bitsOf, isSection, type Section } from './bits.ts'
import { createDeadLetters, type DeadLetter } from './dead-letters.ts'
import { createDeviceStore, type DeviceRecord } from './devices.ts'
import { isDiskFull, OutboxFullError } from './error.ts'
import { openFile } from './file.ts'
import { createReserve } from './reserve.ts'
import { type Batch, type Counts, prepareReports, type Row } from './statements.ts'
import { thin } from './thin.ts'

export interface OutboxOptions {
  /** Holds the file; made when it is missing. */
  directory: string
  /** Bytes that waiting reports may take; default 512 MiB. */
  quotaBytes?: number
}

/** A report to be appended; the outbox gives it epoch and number. */
export interface Entry extends Omit<Report, 'epoch' | 'seq'> {
  /** The sections that say something new; when room runs out, the others may be dropped. Default: all of them. */
  changed?: readonly Section[]
  /** What is from now on known to be reported of the device: moves with the append, or not at all. */
  record?: DeviceRecord
}

/** What the ingest has answered: every report from `first` to `last` is done with, the refused ones are put aside. */
export interface Settlement {
  first: number
  last: number
  refused: readonly Omit<DeadLetter, 'xml'>[]
}

export interface OutboxStats {
  /** Reports waiting, and the room that they take. */
  reports: number
  bytes: number
  /** Since the outbox was made: reports dropped by thinning, and reports that the ingest has refused for good. */
  thinned: number
  refused: number
}

/** A durable queue of encoded reports. Every call is one transaction, on disk when it returns. */
export interface Outbox extends Disposable {
  readonly epoch: string
  /** Where a damaged file was moved when this one was made; all that it held is reported anew. */
  readonly movedAside: string | undefined
  /**
   * Appends reports, all or none.
   *
   * @returns their numbers.
   * @throws {OutboxFullError} when there is no room, although all that may be dropped was.
   * @throws {CodecError} on a report that can't be encoded.
   */
  append(entries: readonly Entry[]): number[]
  /** The oldest waiting reports after `after`, at least one; undefined when there is none. */
  read(after: number, bounds: { bytes: number; reports: number }): Batch | undefined
  /**
   * Forgets what the ingest has answered.
   *
   * @throws {OutboxFullError} when the disk has no room: nothing is forgotten.
   */
  settle(settlements: readonly Settlement[]): void
  /** What was last reported of each device; the one reported last comes last. */
  devices(): DeviceRecord[]
  deadLetters(): DeadLetter[]
  stats(): OutboxStats
  /** Calls back after each append; returns how to stop that. */
  onAppend(listener: () => void): () => void
}

const DEFAULT_QUOTA = 512 * 1024 * 1024
/** What a row takes beside its XML, in the table and its index: measured, rounded up. */
const ROW_BYTES = 128
/** Thinning makes more room than is asked for, so that it does not come again with the next report. */
const THINNING_SHARE = 1 / 32

/**
 * Opens the outbox in a directory. A damaged one is moved aside, and a new one with a new epoch is made.
 *
 * @throws {OutboxError} when another process is using it or the directory can't be used.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  const { directory, quotaBytes = DEFAULT_QUOTA } = options
  const { database, movedAside } = openFile(directory)
  const reports = prepareReports(database)
  const devices = createDeviceStore(database)
  const letters = createDeadLetters(database)
  const reserve = createReserve(directory, database)
  const listeners = new Set<() => void>()
  const { epoch, ...counted } = reports.load()
  let counts: Counts = counted

  /** Runs in one transaction; `change` gives the figures that hold once it is committed. */
  function commit(change: () => Counts): void {
    try {
      database.exec('begin immediate')
      const after = change()
      reports.save(after)
      database.exec('commit')
      counts = after
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      if (!isDiskFull(error)) throw error
      throw diskFull(error)
    }
  }

  function forget(settlements: readonly Settlement[]): void {
    commit(() => {
      const after = { ...counts }
      for (const { first, last, refused } of settlements) {
        for (const letter of refused) after.refused += letters.put(letter)
        const removed = reports.remove(first, last)
        after.reports -= removed.reports
        after.bytes -= removed.bytes
      }
      return after
    })
  }

  return {
    epoch,
    movedAside,
    append(entries) {
      if (!reserve.ensure()) throw diskFull()
      const rows = entries.map((entry, index) => encode(entry, epoch, counts.lastSeq + index + 1))
      const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
      commit(() => {
        const before = withRoom(database, counts, bytes, quotaBytes)
        for (const row of rows) reports.insert(row)
        for (const { record } of entries) if (record) devices.save(record)
        return {
          ...before,
          lastSeq: before.lastSeq + rows.length,
          reports: before.reports + rows.length,
          bytes: before.bytes + bytes,
        }
      })
      for (const listener of listeners) listener()
      return rows.map(row => row.seq)
    },
    read: reports.read,
    settle(settlements) {
      try {
        forget(settlements)
      } catch (error) {
        if (!(error instanceof OutboxFullError && reserve.release())) throw error
        forget(settlements)
      }
      if (counts.reports === 0) reserve.shrink()
    },
    devices: devices.all,
    deadLetters: letters.all,
    stats: () => statsOf(counts),
    onAppend(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [Symbol.dispose]: () => database.close(),
  }
}

function diskFull(cause?: unknown): OutboxFullError {
  return new OutboxFullError('cannot write the outbox: the disk has no room; make some', { cause })
}

/** Thins the queue where `bytes` more would not fit; gives the figures after that. */
function withRoom(database: DatabaseSync, counts: Counts, bytes: number, quota: number): Counts {
  const missing = counts.bytes + bytes - quota
  if (missing <= 0) return counts
  const dropped = thin(database, missing + quota * THINNING_SHARE)
  if (dropped.bytes < missing) {
    throw new OutboxFullError(
      'cannot append to the outbox: it is full and nothing more may be dropped; reconnect the monitor, or raise PLATEN_OUTBOX_MB',
    )
  }
  return {
    ...counts,
    reports: counts.reports - dropped.reports,
    bytes: counts.bytes - dropped.bytes,
    thinned: counts.thinned + dropped.reports,
  }
}

function statsOf({ lastSeq: _, ...stats }: Counts): OutboxStats {
  return stats
}

function encode(entry: Entry, epoch: string, seq: number): Row {
  const { changed, record: _, ...rest } = entry
  const { observedAt, device, traceparent, ...sections } = rest
  const xml = encodeReport({ ...rest, epoch, seq })
  const stated = bitsOf(Object.keys(sections).filter(isSection))
  return {
    seq,
    device: device ?? '',
    sections: stated,
    changed: changed === undefined ? stated : bitsOf(changed),
    bytes: xml.length + ROW_BYTES,
    xml,
  }
}
