export type { Meter, Tracer } from '@opentelemetry/api'
export type { Logger } from 'pino'
export { codeOf, type ErrorDetails, errorDetails } from './error-details.ts'
export type { Health } from './health.ts'
export { LOG_LEVELS, type LogLevel } from './logger.ts'
export { type ProcessOptions, type RunningProcess, runProcess } from './process.ts'
export {
  choice,
  type Environment,
  integer,
  list,
  optional,
  port,
  readSettings,
  type Setting,
  type Settings,
  SettingsError,
  secret,
  text,
} from './settings.ts'
export { onShutdown, type ShutdownOptions } from './shutdown.ts'
export { startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts'
export { traceparent, withRemoteParent } from './trace-context.ts'
