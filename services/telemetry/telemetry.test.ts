import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { type Collector, startCollector } from '../../test/support/collector.ts'
import { startFixture } from './process.support.ts'

/** Runs the fixture until it has committed, stops it, and gives its log line about that. */
async function runFixture(env: Record<string, string>) {
  await using fixture = startFixture(env)
  await fixture.line('ready')
  fixture.process.kill('SIGTERM')
  const status = await fixture.exit
  return { status, output: fixture.output(), committed: await fixture.line('committed') }
}

const json = (endpoint: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
})

const posted = ({ posts }: Collector, path: string) =>
  posts.filter(post => post.path === path).map(post => JSON.parse(post.body))

it('delivers spans, a log record and metrics by OTLP, one trace from the poll to the commit', async () => {
  await using collector = await startCollector()
  const { committed } = await runFixture(json(collector.endpoint))

  const spans = collector.spans()
  const poll = spans.find(span => span.name === 'poll')
  const commit = spans.find(span => span.name === 'commit')
  expect(commit).toMatchObject({ traceId: poll?.traceId, parentSpanId: poll?.spanId })

  const records = posted(collector, '/v1/logs').flatMap(
    post => post.resourceLogs[0].scopeLogs[0].logRecords,
  )
  const record = records.find(record => record.body.stringValue === 'committed')
  expect(record).toMatchObject({ traceId: commit?.traceId, spanId: commit?.spanId })
  expect(record.severityText).toBe('info')
  expect(committed).toMatchObject({ trace_id: commit?.traceId, span_id: commit?.spanId })

  const names = posted(collector, '/v1/metrics').flatMap(post =>
    post.resourceMetrics[0].scopeMetrics[0].metrics.map((metric: { name: string }) => metric.name),
  )
  expect(names).toContain('platen.fixture.commits')
  expect(names).toContain('process.memory.usage')
})

it('sends what the logs may say and no more: neither a serial number nor the name of the host', async () => {
  await using collector = await startCollector()
  const { committed } = await runFixture(json(collector.endpoint))
  expect(committed.serial).toBe('[redacted]')
  const bodies = collector.posts.map(post => post.body).join()
  expect(bodies).toContain('[redacted]')
  expect(bodies).toContain('"service.name","value":{"stringValue":"fixture"}')
  expect(bodies).not.toContain('X1')
  expect(bodies).not.toContain('host.name')
})

it('names the process as OTEL_SERVICE_NAME says', async () => {
  await using collector = await startCollector()
  await runFixture({ ...json(collector.endpoint), OTEL_SERVICE_NAME: 'acme-ingest' })
  for (const { body } of collector.posts) {
    expect(body).toContain('"service.name","value":{"stringValue":"acme-ingest"}')
  }
})

it('speaks protobuf unless told otherwise, as the standard says', async () => {
  await using collector = await startCollector()
  await runFixture({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint })
  const paths = collector.posts.map(post => post.path)
  expect(new Set(paths)).toEqual(new Set(['/v1/traces', '/v1/logs', '/v1/metrics']))
  expect(new Set(collector.posts.map(post => post.type))).toEqual(
    new Set(['application/x-protobuf']),
  )
})

it.each([
  { name: 'no endpoint', env: {} },
  { name: 'the SDK disabled', env: { OTEL_SDK_DISABLED: 'true' } },
  { name: 'the sampler off', env: { OTEL_TRACES_SAMPLER: 'always_off' } },
  { name: 'no traces', env: { OTEL_TRACES_EXPORTER: 'none' } },
])('puts no traceparent on the wire with $name', async ({ name, env }) => {
  await using collector = await startCollector()
  const endpoint = name === 'no endpoint' ? {} : json(collector.endpoint)
  const { committed } = await runFixture({ ...endpoint, ...env })
  expect(committed.sampled).toBe(false)
  expect(collector.spans()).toEqual([])
})

it('exports nothing at all when the SDK is disabled', async () => {
  await using collector = await startCollector()
  await runFixture({ ...json(collector.endpoint), OTEL_SDK_DISABLED: 'true' })
  expect(collector.posts).toEqual([])
})

it('warns on standard error and stops in order when the collector is away', async () => {
  const endpoint = json(await endpointOfNobody())
  const { status, output } = await runFixture({ ...endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: '200' })
  expect(status).toBe(0)
  expect(output).toContain('"msg":"cannot export telemetry"')
})

it('does not wait for a collector that never answers longer than a stop may take', async () => {
  await using silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { status, output } = await runFixture(json(`http://127.0.0.1:${port}`))
  expect(status).toBe(0)
  expect(output).toContain('cannot export the last telemetry')
})

async function endpointOfNobody(): Promise<string> {
  await using collector = await startCollector()
  return collector.endpoint
}
