import { type Tracer, withRemoteParent } from '@platen/telemetry'
import type { Delivery } from './delivery.ts'

/** SpanStatusCode.ERROR of OpenTelemetry. */
const ERROR = 2

/**
 * Traces one commit: a span of its own, and for each report that brought a trace from its poll a span `store report`
 * in that trace, from its arrival to the end of the commit, linked with the commit's span.
 */
export function traceCommit(
  tracer: Tracer,
  deliveries: Delivery[],
  begun: number,
): { end(at: number, succeeded: boolean): void } {
  const attributes = {
    'platen.batches': deliveries.length,
    'platen.reports': deliveries.reduce((sum, { load }) => sum + load.reports, 0),
  }
  const commit = tracer.startSpan('commit reports', { root: true, startTime: begun, attributes })
  const links = [{ context: commit.spanContext() }]
  const stores = deliveries.flatMap(({ reports, receivedAt: startTime }) =>
    reports
      .filter(({ traceparent }) => traceparent !== undefined)
      .map(({ traceparent }) =>
        withRemoteParent(traceparent, () => tracer.startSpan('store report', { links, startTime })),
      ),
  )
  return {
    end(at, succeeded) {
      for (const span of [...stores, commit]) {
        if (!succeeded) span.setStatus({ code: ERROR })
        span.end(at)
      }
    },
  }
}
