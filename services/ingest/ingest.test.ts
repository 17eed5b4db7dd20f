import { expect, it } from 'vitest'
import { startProcess } from '../../test/support/process.ts'
import { batchOf, INGEST, startTestTenant, testReport } from '../../test/support/tenant.ts'
import {
  errorOf,
  MAIN,
  receiptOf,
  startChopper,
  startCollector,
  startIngest,
  stored,
} from './ingest.support.ts'

it('answers a batch after the commit: another connection sees the reports when the answer is there', async () => {
  await using tenant = await startTestTenant()
  await using _ingest = await startIngest(tenant)
  using monitor = await tenant.login('m1')
  for (const seq of [1, 3, 5]) {
    const batch = batchOf(testReport(seq), testReport(seq + 1))
    expect(receiptOf(await monitor.request(INGEST, batch))).toEqual({ stored: 2, refused: [] })
    expect(await stored(tenant.database)).toContain(seq + 1)
  }
})

it('stores a batch that comes twice once, and says so both times', async () => {
  await using tenant = await startTestTenant()
  await using _ingest = await startIngest(tenant)
  using monitor = await tenant.login('m1')
  const batch = batchOf(testReport(1), testReport(2))
  const first = receiptOf(await monitor.request(INGEST, batch))
  expect(receiptOf(await monitor.request(INGEST, batch))).toEqual(first)
  const readings = await tenant.database.sql`select value from meter_reading order by value`
  expect(readings).toEqual([{ value: 1_001 }, { value: 1_002 }])
})

it('refuses one report of a batch for good, stores the others, and keeps the refusal', async () => {
  await using tenant = await startTestTenant()
  await using _ingest = await startIngest(tenant)
  using monitor = await tenant.login('m1')
  const malformed = batchOf(testReport(1), testReport(2), testReport(3)).replace(
    /(seq="2".*?<meters><meter )/,
    '$1user="somebody" ',
  )
  const receipt = receiptOf(await monitor.request(INGEST, malformed))
  expect(receipt.stored).toBe(2)
  expect(receipt.refused).toMatchObject([{ epoch: 'e1', seq: 2, code: 'malformed' }])
  expect(receipt.refused[0]?.reason).toContain('meters/meter[1]/@user')

  const tooOld = testReport(4, { observedAt: '2001-01-01T00:00:00.000Z' })
  const second = receiptOf(await monitor.request(INGEST, batchOf(tooOld, testReport(5))))
  expect(second.refused).toMatchObject([{ epoch: 'e1', seq: 4, code: 'unacceptable' }])

  const kept = await tenant.database.sql`
    select seq, code from rejected_report order by seq`
  expect(kept).toEqual([
    { seq: 2, code: 'malformed' },
    { seq: 4, code: 'unacceptable' },
  ])
})

it('tells the sender what is wrong with a batch that is none', async () => {
  await using tenant = await startTestTenant()
  await using _ingest = await startIngest(tenant)
  using monitor = await tenant.login('m1')
  const batch = batchOf(testReport(1)).replace('</batch>', '<job name="x"/></batch>')
  expect(errorOf(await monitor.request(INGEST, batch))).toMatchObject({
    type: 'modify',
    condition: 'bad-request',
    text: expect.stringContaining('batch/job'),
  })
  expect(receiptOf(await monitor.request(INGEST, batchOf(testReport(2)))).stored).toBe(1)
})

it('answers a ping, and nothing else', async () => {
  await using tenant = await startTestTenant()
  await using _ingest = await startIngest(tenant)
  using monitor = await tenant.login('m1')
  const ping = await monitor.request(INGEST, '<ping xmlns="urn:xmpp:ping"/>', 'get')
  expect(ping.attrs.type).toBe('result')
  const other = await monitor.request(INGEST, '<query xmlns="jabber:iq:version"/>', 'get')
  expect(errorOf(other)).toMatchObject({ type: 'cancel', condition: 'service-unavailable' })
})

it('reads text that TCP cuts anywhere, also inside a character', async () => {
  await using tenant = await startTestTenant()
  await using chopper = await startChopper(tenant.prosody.componentPort)
  await using _ingest = await startIngest(tenant, { PLATEN_COMPONENT_PORT: String(chopper.port) })
  using monitor = await tenant.login('m1')
  const location = 'Büro 東京 🖨 Ελλάδα'
  const batch = batchOf(testReport(1, { asset: { make: 'HP', serial: 'X1', location } }))
  receiptOf(await monitor.request(INGEST, batch))
  expect(await tenant.database.sql`select location from device`).toEqual([{ location }])
})

it('continues the trace of a report that carries one, linked with the commit that stored it', async () => {
  await using tenant = await startTestTenant()
  await using collector = await startCollector()
  await using ingest = await startIngest(tenant, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  })
  using monitor = await tenant.login('m1')
  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
  const traced = testReport(1, { traceparent: `00-${traceId}-${spanId}-01` })
  receiptOf(await monitor.request(INGEST, batchOf(traced, testReport(2))))
  ingest.kill('SIGTERM')
  await ingest.exited

  const spans = collector.spans()
  const commit = spans.find(span => span.name === 'commit reports')
  const stores = spans.filter(span => span.name === 'store report')
  expect(stores, 'only the report that was traced').toMatchObject([
    {
      traceId,
      parentSpanId: spanId,
      links: [{ spanId: commit?.spanId, traceId: commit?.traceId }],
    },
  ])
  expect(commit?.traceId).not.toBe(traceId)
  expect(JSON.stringify(spans)).not.toMatch(/m1|d1/)
})

it.each([
  {
    why: 'nothing',
    env: {},
    says: 'PLATEN_DATABASE_URL is not set; PLATEN_XMPP_DOMAIN is not set',
  },
  {
    why: 'a wrong port',
    env: { PLATEN_COMPONENT_PORT: 'x' },
    says: 'PLATEN_COMPONENT_PORT is "x"',
  },
])('refuses its settings with one sentence and status 2: $why', async ({ env, says }) => {
  await using ingest = startProcess(MAIN, env)
  expect(await ingest.exited).toBe(2)
  expect(ingest.log.map(line => line.text)).toEqual([expect.stringContaining(says)])
})

it.each([
  { change: 'insert into schema_version (version) values (9999)', says: 'is at version 9999' },
  { change: 'drop table schema_version', says: 'is at version 0, this ingest needs version' },
])('does not start on a database of another version: $change', async ({ change, says }) => {
  await using tenant = await startTestTenant()
  await tenant.database.sql.unsafe(change)
  await using ingest = startProcess(MAIN, tenant.ingestEnv)
  expect(await ingest.exited).toBe(1)
  const last = ingest.log.at(-1)
  expect(last?.text ?? last?.msg).toMatch(`cannot start ingest: the database ${says}`)
})
