import { type Meter, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * A span and a duration for each operation, by its type and outcome only: names and fields are the caller's free text.
 */
export function observeOperations(tracer: Tracer, meter: Meter): Plugin {
  const duration = meter.createHistogram('graphql.operation.duration', {
    unit: 's',
    description: 'Executed GraphQL operations',
  })
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const type = getOperationAST(args.document, args.operationName)?.operation ?? 'unknown'
      const start = performance.now()
      setExecuteFn(input =>
        inSpan(tracer, type, SpanKind.INTERNAL, async span => {
          span.setAttribute('graphql.operation.type', type)
          const result = await executeFn(input)
          const outcome = result.errors ? 'error' : 'ok'
          if (outcome === 'error') span.setStatus({ code: SpanStatusCode.ERROR })
          const seconds = (performance.now() - start) / 1000
          duration.record(seconds, { 'graphql.operation.type': type, outcome })
          return result
        }),
      )
    },
  }
}

/** Runs `fn` in a span that ends with it. */
export function inSpan<T>(
  tracer: Tracer,
  name: string,
  kind: SpanKind,
  fn: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { kind }, async span => {
    try {
      return await fn(span)
    } finally {
      span.end()
    }
  })
}
