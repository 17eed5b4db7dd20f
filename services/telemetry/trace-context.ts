import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'

/**
 * The active span as a W3C `traceparent`, to travel with a report; undefined outside a span, or where the trace is not
 * sampled: then the receiver has nothing to continue.
 */
export function traceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext()
  if (!span || !(span.traceFlags & TraceFlags.SAMPLED)) return undefined
  return `00-${span.traceId}-${span.spanId}-01`
}

/**
 * Runs `fn` so that spans started in it continue the trace that `parent` (a W3C `traceparent`) names. Without one, or
 * with one that is malformed, such spans start a trace of their own.
 */
export function withRemoteParent<T>(parent: string | undefined, fn: () => T): T {
  const remote = parent === undefined ? null : parseTraceParent(parent)
  if (!remote) return context.with(ROOT_CONTEXT, fn)
  return context.with(trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true }), fn)
}
