import { type Environment, SettingsError } from './settings.ts'

export type Protocol = 'http/protobuf' | 'http/json' | 'grpc'

/** Which signals go out by OTLP. */
export interface ExportedSignals {
  traces: boolean
  metrics: Protocol | undefined
  logs: boolean
}

/**
 * Reads the standard variables. Unlike the SDK's default, which tries localhost, nothing is exported until an endpoint
 * is named: OTEL_EXPORTER_OTLP_ENDPOINT, or that of one signal (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT). A signal is
 * switched off by its OTEL_*_EXPORTER=none, all of them by OTEL_SDK_DISABLED=true.
 */
export function exportedSignals(env: Environment): ExportedSignals {
  const metrics = isExported(env, 'METRICS', ['prometheus'])
  return {
    traces: isExported(env, 'TRACES'),
    metrics: metrics ? protocol(env, 'METRICS') : undefined,
    logs: isExported(env, 'LOGS'),
  }
}

/** `others` are exporters that this platform serves without being told to. */
function isExported(env: Environment, signal: string, others: string[] = []): boolean {
  const name = `OTEL_${signal}_EXPORTER`
  const exporters = (env[name] || 'otlp').split(',').map(word => word.trim())
  const known = ['otlp', 'none', ...others]
  const unknown = exporters.find(exporter => !known.includes(exporter))
  if (unknown !== undefined) {
    throw new SettingsError(`${name} is "${unknown}"; give one of ${known.join(', ')}`)
  }
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || exporters.includes('none')) return false
  const hasEndpoint =
    env.OTEL_EXPORTER_OTLP_ENDPOINT || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]
  return exporters.includes('otlp') && Boolean(hasEndpoint)
}

function protocol(env: Environment, signal: string): Protocol {
  const name = `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`
  const value = env[name] || env.OTEL_EXPORTER_OTLP_PROTOCOL || 'http/protobuf'
  if (value === 'http/protobuf' || value === 'http/json' || value === 'grpc') return value
  throw new SettingsError(`${name} is "${value}"; give one of http/protobuf, http/json, grpc`)
}
