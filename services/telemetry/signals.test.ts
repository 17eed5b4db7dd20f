import { expect, it } from 'vitest'
import { SettingsError } from './settings.ts'
import { exportedSignals } from './signals.ts'

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }
const nothing = { traces: false, metrics: undefined, logs: false }
const everything = { traces: true, metrics: 'http/protobuf', logs: true }

it.each([
  { why: 'no endpoint is named', env: {}, want: nothing },
  {
    why: 'an exporter without an endpoint would try localhost',
    env: { OTEL_TRACES_EXPORTER: 'otlp' },
    want: nothing,
  },
  { why: 'an endpoint is named', env: endpoint, want: everything },
  {
    why: 'one signal has its own endpoint',
    env: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:4318/v1/logs' },
    want: { ...nothing, logs: true },
  },
  {
    why: 'one signal is switched off',
    env: { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
    want: { ...everything, traces: false },
  },
  {
    why: 'Prometheus alone is asked for, which is always there',
    env: { ...endpoint, OTEL_METRICS_EXPORTER: 'prometheus' },
    want: { ...everything, metrics: undefined },
  },
  {
    why: 'the SDK is disabled',
    env: { ...endpoint, OTEL_SDK_DISABLED: 'True' },
    want: nothing,
  },
  {
    why: 'a signal can have its own protocol',
    env: { ...endpoint, OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc' },
    want: { ...everything, metrics: 'grpc' },
  },
])('exports by the standard variables: $why', ({ env, want }) => {
  expect(exportedSignals(env)).toEqual(want)
})

it('refuses an exporter that it does not have, rather than staying silent', () => {
  const read = () => exportedSignals({ OTEL_TRACES_EXPORTER: 'zipkin' })
  expect(read).toThrow(
    new SettingsError('OTEL_TRACES_EXPORTER is "zipkin"; give one of otlp, none'),
  )
})
