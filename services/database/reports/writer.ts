import type { Sql } from '../connect.ts'
import { isContentError, isTransient, TransientError } from '../errors.ts'
import { ensurePartitions, monthOf, refuseTime } from '../partitions.ts'
import type { ReceivedReport, WriteOutcome } from './entry.ts'
import { keepRefusals, lockMonitors } from './received.ts'
import { store } from './store.ts'

/** A report that could not even be decoded. */
export interface ReceivedRefusal {
  monitor: string
  epoch: string
  seq: number
  code: 'malformed' | 'unacceptable'
  reason: string
}

export interface ReportWriter {
  /**
   * Stores reports, in their order, in one transaction; the outcomes come in the same order. Each is final. A report
   * that was received before changes nothing. One that can't be stored is refused and does not keep the others back.
   *
   * @throws TransientError: nothing was stored, or nobody can tell; send all of it again
   */
  write(entries: ReceivedReport[]): Promise<WriteOutcome[]>
  /** Remembers reports that were refused before they came here. @throws TransientError */
  recordRefusals(refusals: ReceivedRefusal[]): Promise<void>
}

export interface WriterOptions {
  now?: () => Date
}

export function createReportWriter(
  sql: Sql,
  { now = () => new Date() }: WriterOptions = {},
): ReportWriter {
  const months = new Set<string>()

  async function makePartitions(entries: ReceivedReport[]): Promise<void> {
    const accepted = entries.filter(({ report }) => !refuseTime(report.observedAt, now()))
    const missing = new Set(accepted.map(({ report }) => monthOf(report.observedAt))).difference(
      months,
    )
    if (missing.size === 0) return
    await ensurePartitions(sql, [...missing])
    for (const month of missing) months.add(month)
  }

  async function write(entries: ReceivedReport[]): Promise<WriteOutcome[]> {
    try {
      await makePartitions(entries)
      return await sql.begin(tx => store(tx, entries, now()))
    } catch (error) {
      if (!isContentError(error)) throw error
      months.clear() // a partition that was dropped looks like a report's fault too
      return entries.length > 1 ? halve(entries) : refuse(entries, error.code ?? '')
    }
  }

  /** One of the reports can't be stored: the half without it is stored as a whole. */
  async function halve(entries: ReceivedReport[]): Promise<WriteOutcome[]> {
    const middle = Math.ceil(entries.length / 2)
    const first = await write(entries.slice(0, middle))
    return [...first, ...(await write(entries.slice(middle)))]
  }

  /** What the database says of it may quote the report, so only its code is told. */
  async function refuse(entries: ReceivedReport[], sqlState: string): Promise<WriteOutcome[]> {
    const reason = `the database cannot store it (SQLSTATE ${sqlState})`
    const refused = entries.map(({ monitor, report: { epoch, seq } }) => ({
      monitor,
      epoch,
      seq,
      code: 'unacceptable' as const,
      reason,
    }))
    await record(refused)
    return refused.map(({ code }) => ({ result: 'refused', code, reason }))
  }

  function record(refusals: ReceivedRefusal[]): Promise<void> {
    return sql.begin(async tx => {
      const monitors = await lockMonitors(
        tx,
        refusals.map(({ monitor }) => monitor),
      )
      await keepRefusals(
        tx,
        refusals.flatMap(({ monitor, epoch, seq, code, reason }) => {
          const monitorId = monitors.get(monitor)?.id
          return monitorId === undefined ? [] : [{ monitorId, epoch, seq, code, reason }]
        }),
      )
    })
  }

  return {
    write: entries =>
      entries.length === 0 ? Promise.resolve([]) : tellingTransient(write(entries)),
    recordRefusals: refusals => tellingTransient(record(refusals)),
  }
}

async function tellingTransient<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (cause) {
    if (!isTransient(cause)) throw cause
    throw new TransientError('cannot write to the database for now; send again later', { cause })
  }
}
