import type { Sql } from '../connect.ts'
import { isContentError, isDefect, isTransient, TransientError } from '../errors.ts'
import { ensurePartitions, monthOf, refuseTime } from '../partitions.ts'
import type { ReceivedReport, WriteOutcome } from './entry.ts'
import { isolate, type Unstorable } from './isolate.ts'
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
  /** Told what was thrown when a report is refused because this code is wrong. */
  onDefect?: (error: Error) => void
}

export function createReportWriter(sql: Sql, options: WriterOptions = {}): ReportWriter {
  const { now = () => new Date(), onDefect = () => {} } = options
  const months = new Set<string>()
  let hasStored = false

  async function makePartitions(entries: ReceivedReport[]): Promise<void> {
    const accepted = entries.filter(({ report }) => !refuseTime(report.observedAt, now()))
    const missing = new Set(accepted.map(({ report }) => monthOf(report.observedAt))).difference(
      months,
    )
    if (missing.size === 0) return
    await ensurePartitions(sql, [...missing])
    for (const month of missing) months.add(month)
  }

  async function attempt(entries: ReceivedReport[]): Promise<WriteOutcome[]> {
    try {
      await makePartitions(entries)
      const outcomes = await sql.begin(tx => store(tx, entries, now()))
      hasStored ||= outcomes.some(({ result }) => result === 'stored')
      return outcomes
    } catch (error) {
      months.clear() // one that was dropped meanwhile looks like a report's fault
      throw error
    }
  }

  async function write(entries: ReceivedReport[]): Promise<WriteOutcome[]> {
    const results = await isolate(entries, attempt)
    const defects = results.flatMap(defectOf)
    // Where nothing could be stored yet, a wrong release must not refuse every report for good.
    if (defects[0] && !hasStored) throw defects[0]
    const outcomes = results.map(result => ('unstorable' in result ? refusalFor(result) : result))
    const refused = entries.flatMap(({ monitor, report: { epoch, seq } }, i): ReceivedRefusal[] => {
      const result = results[i]
      return result && 'unstorable' in result
        ? [{ monitor, epoch, seq, ...refusalFor(result) }]
        : []
    })
    if (refused.length > 0) await record(refused)
    for (const defect of defects) onDefect(defect)
    return outcomes
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

function defectOf(result: WriteOutcome | Unstorable): Error[] {
  return 'unstorable' in result && isDefect(result.unstorable) ? [result.unstorable] : []
}

/** What the database says of it may quote the report, so only its code is told. */
function refusalFor({ unstorable }: Unstorable) {
  const reason = isContentError(unstorable)
    ? `the database cannot store it (SQLSTATE ${unstorable.code})`
    : 'the ingest cannot store it, by a mistake of its own'
  return { result: 'refused', code: 'unacceptable', reason } as const
}

async function tellingTransient<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (cause) {
    if (!isTransient(cause)) throw cause
    throw new TransientError('cannot write to the database for now; send again later', { cause })
  }
}
