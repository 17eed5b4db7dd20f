import { setTimeout } from 'node:timers/promises'
import { metrics } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources'
import {
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import type { Environment } from './settings.ts'
import { integer, readSettings } from './settings.ts'
import type { ExportedSignals, Protocol } from './signals.ts'

export interface Sdk {
  /** All metrics in the Prometheus text format. */
  metricsText(): Promise<string>
  /** Sends what is still waiting, then stops; false when the collector did not take it in time. */
  shutdown(): Promise<boolean>
}

export interface SdkOptions {
  service: string
  version: string | undefined
  signals: ExportedSignals
  env: Environment
}

/** How long (ms) the end of the process waits for a collector: the deadline of the shutdown must not depend on it. */
const LAST_EXPORT = 5000

/**
 * Registers OpenTelemetry's global providers. Metrics always have one, for the Prometheus endpoint. Traces and logs
 * get theirs only where they are exported: otherwise a span costs an empty call, and half of the SDK isn't loaded.
 */
export async function startSdk({ service, version, signals, env }: SdkOptions): Promise<Sdk> {
  const resource = describeProcess(service, version)
  const prometheus = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer('', false, undefined, false, true)
  const readers: IMetricReader[] = [prometheus]
  if (signals.metrics) readers.push(await otlpMetrics(signals.metrics, env))
  const meterProvider = new MeterProvider({ resource, readers })
  metrics.setGlobalMeterProvider(meterProvider)
  const tracesAndLogs = await startTracesAndLogs(resource, signals)

  return {
    metricsText: async () => {
      const { resourceMetrics } = await prometheus.collect()
      return serializer.serialize(resourceMetrics)
    },
    shutdown: async () => {
      const sent = Promise.allSettled([tracesAndLogs?.shutdown(), meterProvider.shutdown()])
      const tooLate = setTimeout(LAST_EXPORT, false, { ref: false })
      return Promise.race([sent.then(() => true), tooLate])
    },
  }
}

/**
 * Without the detectors for host and process, whose attributes are host names and command lines. OTEL_SERVICE_NAME and
 * OTEL_RESOURCE_ATTRIBUTES win.
 */
function describeProcess(service: string, version: string | undefined): Resource {
  const own = resourceFromAttributes({
    'service.namespace': 'platen',
    'service.name': service,
    ...(version !== undefined && { 'service.version': version }),
  })
  const detected = detectResources({ detectors: [serviceInstanceIdDetector, envDetector] })
  return defaultResource().merge(own).merge(detected)
}

async function startTracesAndLogs(resource: Resource, signals: ExportedSignals) {
  if (!signals.traces && !signals.logs) return undefined
  const { NodeSDK } = await import('@opentelemetry/sdk-node')
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    metricReaders: [],
    // An empty list switches a signal off; no list means: by the standard variables.
    ...(!signals.traces && { spanProcessors: [] }),
    ...(!signals.logs && { logRecordProcessors: [] }),
  })
  sdk.start()
  return sdk
}

/** The SDK's own reading of these variables can't be combined with a second reader such as Prometheus. */
async function otlpMetrics(protocol: Protocol, env: Environment): Promise<IMetricReader> {
  const milliseconds = readSettings(env, {
    interval: integer('OTEL_METRIC_EXPORT_INTERVAL', { default: 60_000, min: 1 }),
    timeout: integer('OTEL_METRIC_EXPORT_TIMEOUT', { default: 30_000, min: 1 }),
  })
  return new PeriodicExportingMetricReader({
    exporter: await otlpMetricExporter(protocol),
    exportIntervalMillis: milliseconds.interval,
    exportTimeoutMillis: Math.min(milliseconds.timeout, milliseconds.interval),
  })
}

async function otlpMetricExporter(protocol: Protocol): Promise<PushMetricExporter> {
  const exporters = {
    'http/protobuf': () => import('@opentelemetry/exporter-metrics-otlp-proto'),
    'http/json': () => import('@opentelemetry/exporter-metrics-otlp-http'),
    grpc: () => import('@opentelemetry/exporter-metrics-otlp-grpc'),
  }
  const { OTLPMetricExporter } = await exporters[protocol]()
  return new OTLPMetricExporter()
}
