import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, type Outbox, OutboxFullError, openOutbox } from './index.ts'

// Fills the disk that it is given with reports, to the last byte, then gets rid of them. Tells what it has seen.

const [directory = ''] = process.argv.slice(2)
const ballast = join(directory, 'ballast')
using outbox = openOutbox({ directory, quotaBytes: 1e9 })
const appended = fill(outbox)
takeTheRest()
const refused = fill(outbox) === 0
const kept = settleAll(outbox)
const takesMore = fill(outbox, 100) === 100
process.stdout.write(JSON.stringify({ appended, refused, kept, takesMore }))

/** Gives how many reports the outbox took. */
function fill(into: Outbox, most = Number.POSITIVE_INFINITY): number {
  let count = 0
  try {
    for (; count < most; count++) into.append([change(count)])
  } catch (error) {
    if (!(error instanceof OutboxFullError)) throw error
  }
  return count
}

/** A change of incidents, which is never thinned. */
function change(index: number): Entry {
  const observedAt = '2026-11-23T08:00:00.000Z'
  const description = 'x'.repeat(250)
  const incidents = Array.from({ length: 50 }, (_, row) => ({
    key: `alert.${row}.${index}`,
    source: 'alert' as const,
    severity: 'warning' as const,
    code: 'jam',
    description,
    since: observedAt,
  }))
  return { device: 'd', observedAt, incidents }
}

function takeTheRest(): void {
  const file = openSync(ballast, 'a')
  try {
    for (;;) writeSync(file, Buffer.alloc(512))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}

/** Answers every report in order, as the ingest would; gives how many there were. */
function settleAll(of: Outbox): number {
  let count = 0
  for (;;) {
    const batch = of.read(0, { bytes: 200_000, reports: 500 })
    if (!batch) return count
    of.settle([{ first: batch.first, last: batch.last, refused: [] }])
    count += batch.reports.length
  }
}
