import {
  isSpanContextValid,
  logs,
  type Logger as RecordLogger,
  SeverityNumber,
  trace,
} from '@opentelemetry/api'
import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino'
import { redact } from './redaction.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const SEVERITIES: Record<LogLevel, SeverityNumber> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
}

interface LogLine extends Record<string, unknown> {
  level: LogLevel
  time: string
  msg?: string
}

export interface LoggerOptions {
  service: string
  level: LogLevel
  /** Whether lines also go out as OpenTelemetry log records. */
  isExported: boolean
  /** Where JSON lines go. */
  output: DestinationStream
}

/**
 * One JSON object a line: level, time, service, msg, trace_id and span_id inside a span, and what the caller adds.
 * Lines at info and above are redacted and, where asked for, exported; debug and trace lines are for whoever sits at
 * the machine: they may name devices, and they never leave it.
 */
export function createLogger({ service, level, isExported, output }: LoggerOptions): Logger {
  const records = logs.getLogger('platen')
  const write = (line: string) => {
    if (isLocal(line)) return void output.write(line)
    const record: LogLine = JSON.parse(line, redact)
    output.write(`${JSON.stringify(record)}\n`)
    if (isExported) emit(records, record)
  }
  return pino(
    {
      level,
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      mixin: activeSpan,
    },
    { write },
  )
}

/**
 * Standard error. Where it can't be written (a full disk; the reader of the pipe has died), lines are lost and the
 * process goes on.
 */
export function standardError(): DestinationStream {
  const stream = destination({ fd: 2, sync: true })
  stream.on('error', () => {})
  return stream
}

/** pino puts the level first. */
function isLocal(line: string): boolean {
  return line.startsWith('{"level":"debug"') || line.startsWith('{"level":"trace"')
}

/** Field names of OpenTelemetry's "Trace Context in non-OTLP Log Formats". */
function activeSpan(): object {
  const span = trace.getActiveSpan()?.spanContext()
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {}
}

/** pino writes within the call that logs, so the SDK finds the caller's span active. */
function emit(records: RecordLogger, record: LogLine): void {
  const { level, time, msg, service: _resource, trace_id: _trace, span_id: _span, ...rest } = record
  records.emit({
    timestamp: new Date(time),
    severityNumber: SEVERITIES[level],
    severityText: level,
    body: msg ?? '',
    attributes: attributes(rest),
  })
}

/** An error's fields by the semantic conventions for exceptions; everything else as it is. */
function attributes({ err, ...rest }: Record<string, unknown>): Record<string, unknown> {
  if (typeof err !== 'object' || err === null) return rest
  const { type, message, stack, ...more }: Record<string, unknown> = { ...err }
  return {
    ...rest,
    ...more,
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': stack,
  }
}
