import type { DatabaseSync } from 'node:sqlite'
import { SECTION_BITS } from './bits.ts'

/** What thinning has dropped. */
export interface Thinned {
  reports: number
  bytes: number
}

interface Candidate {
  seq: number
  device: string
  sections: number
  changed: number
  bytes: number
}

/**
 * Makes room by dropping waiting reports, oldest first, until `wanted` bytes are free or nothing more may go: first
 * those that changed nothing, then those of which every section is stated again by a later waiting report of the same
 * device. So the last state of each section stays, and so does every change of incidents. To be called in a transaction.
 */
export function thin(database: DatabaseSync, wanted: number): Thinned {
  const drop = dropper(database)
  const dropped: Thinned = { reports: 0, bytes: 0 }
  for (const query of [UNCHANGED, SUPERSEDED]) {
    for (const report of pick(database, query, wanted - dropped.bytes)) {
      drop(report)
      dropped.reports += 1
      dropped.bytes += report.bytes
    }
  }
  return dropped
}

const UNCHANGED = `
  select seq, device, sections, changed, bytes from report where changed = 0 order by seq
`

const BITS = Object.values(SECTION_BITS)

// The last report of a section is never before itself, so it stays.
const SUPERSEDED = `
  with last as (
    select device, ${BITS.map(bit => `max(iif(sections & ${bit}, seq, 0)) as s${bit}`).join(', ')}
    from report group by device
  )
  select seq, device, sections, changed, bytes
  from report join last using (device)
  where changed & ${SECTION_BITS.incidents} = 0
    and ${BITS.map(bit => `(sections & ${bit} = 0 or seq < s${bit})`).join(' and ')}
  order by seq
`

/** The first rows that together have so many bytes; all of them, when they have less. */
function pick(database: DatabaseSync, query: string, bytes: number): Candidate[] {
  const picked: Candidate[] = []
  let missing = bytes
  if (missing <= 0) return picked
  for (const row of database.prepare(query).iterate()) {
    const report = candidate(row)
    picked.push(report)
    missing -= report.bytes
    if (missing <= 0) break
  }
  return picked
}

function candidate(row: Record<string, unknown>): Candidate {
  return {
    seq: Number(row.seq),
    device: String(row.device),
    sections: Number(row.sections),
    changed: Number(row.changed),
    bytes: Number(row.bytes),
  }
}

/**
 * Drops a report. What it had changed is from now on the change of the next report that states the section: else that
 * one, which only repeated it, could be dropped as well.
 */
function dropper(database: DatabaseSync): (report: Candidate) => void {
  const remove = database.prepare('delete from report where seq = ?')
  const inherit = database.prepare(`
    update report set changed = changed | :bit
    where seq = (
      select min(seq) from report where device = :device and seq > :seq and sections & :bit
    )
  `)
  return ({ seq, device, changed }) => {
    for (const bit of BITS) {
      if (changed & bit) inherit.run({ bit, device, seq })
    }
    remove.run(seq)
  }
}
