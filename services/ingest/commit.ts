import type { ReportWriter, WriteOutcome } from '@platen/database'
import type { Receipt, Refusal } from '@platen/protocol'
import type { Tracer } from '@platen/telemetry'
import type { Delivery } from './delivery.ts'
import type { IngestMetrics } from './metrics.ts'
import { traceCommit } from './traces.ts'

export interface CommitOptions {
  writer: ReportWriter
  tracer: Tracer
  metrics: Pick<IngestMetrics, 'reports' | 'commit'>
  /** Milliseconds since 1970. */
  clock: () => number
}

/**
 * Makes the function that writes many batches in one transaction and gives the receipt of each. It throws when nothing
 * is known to be stored; all of it may then be written again.
 */
export function createCommit(
  options: CommitOptions,
): (deliveries: Delivery[]) => Promise<Receipt[]> {
  const { writer, tracer, metrics, clock } = options

  async function write(deliveries: Delivery[]): Promise<Receipt[]> {
    const refusals = deliveries.flatMap(({ monitor, refused }) =>
      refused.map(refusal => ({ monitor, ...refusal })),
    )
    if (refusals.length > 0) await writer.recordRefusals(refusals)
    const entries = deliveries.flatMap(({ monitor, reports }) =>
      reports.map(report => ({ monitor, report })),
    )
    const outcomes = entries.length > 0 ? await writer.write(entries) : []
    count(outcomes, refusals.length)
    return receiptsOf(deliveries, outcomes)
  }

  function count(outcomes: WriteOutcome[], malformed: number): void {
    const results = { stored: 0, duplicate: 0, refused: malformed }
    for (const { result } of outcomes) results[result] += 1
    metrics.reports(results)
  }

  return async deliveries => {
    const begun = clock()
    const size = deliveries.reduce((sum, { load }) => sum + load.reports, 0)
    const trace = traceCommit(tracer, deliveries, begun)
    let succeeded = false
    try {
      const receipts = await write(deliveries)
      succeeded = true
      return receipts
    } finally {
      const ended = clock()
      metrics.commit((ended - begun) / 1000, size, succeeded)
      trace.end(ended, succeeded)
    }
  }
}

/** The outcomes are those of all deliveries' reports, one after the other. */
export function receiptsOf(
  deliveries: Pick<Delivery, 'reports' | 'refused'>[],
  outcomes: WriteOutcome[],
): Receipt[] {
  let next = 0
  return deliveries.map(({ reports, refused }) => {
    const own = outcomes.slice(next, next + reports.length)
    next += reports.length
    if (own.length < reports.length) throw new Error('cannot answer: outcomes are missing')
    const refusedByStore = reports.flatMap(({ epoch, seq }, index): Refusal[] => {
      const outcome = own[index]
      if (outcome?.result !== 'refused') return []
      return [{ epoch, seq, code: outcome.code, reason: outcome.reason }]
    })
    return {
      stored: reports.length - refusedByStore.length,
      refused: [...refused, ...refusedByStore],
    }
  })
}
