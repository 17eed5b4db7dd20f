import type { DatabaseSync } from 'node:sqlite'

/** A waiting report as the outbox keeps it. */
export interface Row {
  seq: number
  /** '' in a report about the monitor itself. */
  device: string
  /** Bits of the sections in it, and of those that say something new: bits.ts. */
  sections: number
  changed: number
  bytes: number
  xml: string
}

/** The outbox's figures, kept in memory and in the file alike. */
export interface Counts {
  /** The number given last; never given again. */
  lastSeq: number
  reports: number
  bytes: number
  thinned: number
  refused: number
}

/** Waiting reports, in order, as they go on the wire. */
export interface Batch {
  first: number
  last: number
  reports: string[]
}

/** The outbox's SQL about reports. */
export function prepareReports(database: DatabaseSync) {
  const counts = database.prepare(`
    select epoch, last_seq, thinned, refused,
      (select count(*) from report) as reports,
      (select coalesce(sum(bytes), 0) from report) as bytes
    from outbox
  `)
  const saveCounts = database.prepare('update outbox set last_seq = ?, thinned = ?, refused = ?')
  const insert = database.prepare(`
    insert into report (seq, device, sections, changed, bytes, xml)
    values (:seq, :device, :sections, :changed, :bytes, :xml)
  `)
  const waiting = database.prepare('select seq, xml from report where seq > ? order by seq limit ?')
  const remove = database.prepare('delete from report where seq between ? and ? returning bytes')

  return {
    load(): Counts & { epoch: string } {
      const row = counts.get() ?? {}
      return {
        epoch: String(row.epoch),
        lastSeq: Number(row.last_seq),
        reports: Number(row.reports),
        bytes: Number(row.bytes),
        thinned: Number(row.thinned),
        refused: Number(row.refused),
      }
    },
    save({ lastSeq, thinned, refused }: Counts): void {
      saveCounts.run(lastSeq, thinned, refused)
    },
    insert(row: Row): void {
      insert.run({ ...row })
    },
    read(after: number, bounds: { bytes: number; reports: number }): Batch | undefined {
      let batch: Batch | undefined
      let bytes = 0
      for (const row of waiting.iterate(after, bounds.reports)) {
        const [seq, xml] = [Number(row.seq), String(row.xml)]
        bytes += xml.length
        batch ??= { first: seq, last: seq, reports: [] }
        if (batch.reports.length > 0 && bytes > bounds.bytes) break
        batch.last = seq
        batch.reports.push(xml)
      }
      return batch
    },
    /** Forgets the reports from `first` to `last`; gives how many there were, and their bytes. */
    remove(first: number, last: number): { reports: number; bytes: number } {
      const removed = remove.all(first, last)
      return {
        reports: removed.length,
        bytes: removed.reduce((sum, row) => sum + Number(row.bytes), 0),
      }
    },
  }
}
