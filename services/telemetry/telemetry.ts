import { diag, type Meter, metrics, type Tracer, trace } from '@opentelemetry/api'
import { setGlobalErrorHandler } from '@opentelemetry/core'
import type { DestinationStream, Logger } from 'pino'
import { type Health, type HealthServer, type Readiness, serveHealth } from './health.ts'
import { createLogger, type LogLevel, standardError } from './logger.ts'
import { observeProcess } from './process-metrics.ts'
import { startSdk } from './sdk.ts'
import { exportedSignals } from './signals.ts'

export interface TelemetryOptions {
  /** service.name, e.g. `ingest`; OTEL_SERVICE_NAME wins. */
  service: string
  version?: string | undefined
  /** Where /livez, /readyz and /metrics are served; 0: any free port; undefined: nowhere. */
  healthPort?: number | undefined
  /** Default 127.0.0.1. */
  healthHost?: string | undefined
  /** Default info. */
  level?: LogLevel | undefined
}

export interface Telemetry {
  logger: Logger
  tracer: Tracer
  meter: Meter
  health: Health
  /** The health server's port. */
  port: number | undefined
  /** Exports what is still waiting and closes the health server. */
  shutdown(): Promise<void>
}

/**
 * Starts logs, metrics, traces and the health endpoints of this process, once. What is exported, and where to, is said
 * by OpenTelemetry's standard variables in the process's environment: see signals.ts.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { service, version, healthPort, healthHost = '127.0.0.1', level = 'info' } = options
  const output = standardError()
  const signals = exportedSignals(process.env)
  const sdk = await startSdk({ service, version, signals, env: process.env })
  const logger = createLogger({ service, level, isExported: signals.logs, output })
  reportOwnFailures(service, output)
  const meter = metrics.getMeter('platen')
  observeProcess(meter)

  const readiness: Readiness = new Map()
  let server: HealthServer | undefined
  if (healthPort !== undefined) {
    const { metricsText } = sdk
    server = await serveHealth({ host: healthHost, port: healthPort, readiness, metricsText })
  }
  return {
    logger,
    tracer: trace.getTracer('platen'),
    meter,
    health: { ready: (name, isReady) => void readiness.set(name, isReady) },
    port: server?.port,
    shutdown: async () => {
      if (!(await sdk.shutdown())) {
        logger.warn('cannot export the last telemetry: the collector did not answer in time')
      }
      await server?.close()
    },
  }
}

/** A collector that is away is a warning on standard error, and only there: it can't be exported. */
function reportOwnFailures(service: string, output: DestinationStream): void {
  const logger = createLogger({ service, level: 'warn', isExported: false, output })
  setGlobalErrorHandler(error => logger.warn({ err: error }, 'cannot export telemetry'))
  if (process.env.OTEL_LOG_LEVEL) return // The SDK has then set up a diagnostic log of its own.
  const ignore = () => {}
  diag.setLogger({
    error: message => logger.warn(message),
    warn: message => logger.warn(message),
    info: ignore,
    debug: ignore,
    verbose: ignore,
  })
}
