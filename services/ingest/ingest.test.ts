import type { Sql } from '@platen/database'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Collector, startCollector } from '../../test/support/collector.ts'
import { freshDatabase } from '../../test/support/database.ts'
import { startProcess, type TestProcess } from '../../test/support/process.ts'
import {
  batchOf,
  INGEST,
  startTestTenant,
  type TestTenant,
  testReport,
} from '../../test/support/tenant.ts'
import { errorOf, MAIN, receiptOf, startChopper, startIngest, stored } from './ingest.support.ts'

const resources = new AsyncDisposableStack()
let tenant: TestTenant
let sql: Sql
let collector: Collector
let ingest: TestProcess

// One ingest for all of it, each test with a monitor of its own. Every byte from the XMPP server reaches it alone.
beforeAll(async () => {
  tenant = resources.use(await startTestTenant())
  sql = tenant.database.sql
  collector = resources.use(await startCollector())
  const chopper = resources.use(await startChopper(tenant.prosody.componentPort))
  const env = { ...collector.env, PLATEN_COMPONENT_PORT: String(chopper.port) }
  ingest = resources.use(await startIngest(tenant, env))
})
afterAll(() => resources.disposeAsync())

it('answers a batch after the commit: another connection sees the reports when the answer is there', async () => {
  using monitor = await tenant.login('committed')
  for (const seq of [1, 3, 5]) {
    const batch = batchOf(testReport(seq), testReport(seq + 1))
    expect(receiptOf(await monitor.request(INGEST, batch))).toEqual({ stored: 2, refused: [] })
    expect(await stored(tenant.database, 'committed')).toContain(seq + 1)
  }
})

it('stores a batch that comes twice once, and says so both times', async () => {
  using monitor = await tenant.login('twice')
  const batch = batchOf(testReport(1), testReport(2))
  const first = receiptOf(await monitor.request(INGEST, batch))
  expect(receiptOf(await monitor.request(INGEST, batch))).toEqual(first)
  const readings = await sql`
    select value, count(*) as times
    from meter_reading join device on device.id = device_id
    join monitor on monitor.id = monitor_id where monitor.name = 'twice'
    group by value order by value`
  expect(readings).toEqual([
    { value: 1_001, times: 1 },
    { value: 1_002, times: 1 },
  ])
})

it('refuses one report of a batch for good, stores the others, and keeps the refusal', async () => {
  using monitor = await tenant.login('refused')
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

  const kept = await sql`
    select seq, code from rejected_report join monitor on monitor.id = monitor_id
    where monitor.name = 'refused' order by seq`
  expect(kept).toEqual([
    { seq: 2, code: 'malformed' },
    { seq: 4, code: 'unacceptable' },
  ])
})

it('tells the sender what is wrong with a batch that is none', async () => {
  using monitor = await tenant.login('malformed')
  const batch = batchOf(testReport(1)).replace('</batch>', '<job name="x"/></batch>')
  expect(errorOf(await monitor.request(INGEST, batch))).toMatchObject({
    type: 'modify',
    condition: 'bad-request',
    text: expect.stringContaining('batch/job'),
  })
  expect(receiptOf(await monitor.request(INGEST, batchOf(testReport(2)))).stored).toBe(1)
})

it('answers a ping, and nothing else', async () => {
  using monitor = await tenant.login('pinging')
  const ping = await monitor.request(INGEST, '<ping xmlns="urn:xmpp:ping"/>', 'get')
  expect(ping.attrs.type).toBe('result')
  const other = await monitor.request(INGEST, '<query xmlns="jabber:iq:version"/>', 'get')
  expect(errorOf(other)).toMatchObject({ type: 'cancel', condition: 'service-unavailable' })
})

it('reads text that TCP cuts anywhere, also inside a character', async () => {
  using monitor = await tenant.login('chopped')
  const location = 'Büro 東京 🖨 Ελλάδα'
  const batch = batchOf(testReport(1, { asset: { make: 'HP', serial: 'X1', location } }))
  receiptOf(await monitor.request(INGEST, batch))
  const devices = await sql`select location from device where serial = 'X1'`
  expect(devices).toEqual([{ location }])
})

it('continues the trace of a report that carries one, linked with the commit that stored it', async () => {
  using monitor = await tenant.login('traced')
  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
  const traced = testReport(1, { traceparent: `00-${traceId}-${spanId}-01` })
  receiptOf(await monitor.request(INGEST, batchOf(traced, testReport(2))))

  const stores = () => collector.spans().filter(span => span.name === 'store report')
  await expect.poll(stores, { timeout: 10_000 }).toMatchObject([{ traceId, parentSpanId: spanId }])
  const [link] = stores()[0]?.links ?? []
  const commit = collector.spans().find(span => span.spanId === link?.spanId)
  expect(commit?.name).toBe('commit reports')
  expect(commit?.traceId).not.toBe(traceId)
  expect(JSON.stringify(collector.spans()), 'no identities').not.toMatch(/"(traced|d1)"/)
})

it('counts what became of the reports, without a label that names anybody', async () => {
  const page = await ingest.page('/metrics')
  expect(page).toMatch(/^platen_ingest_reports_total\{[^}]*outcome="stored"[^}]*\} [1-9]/m)
  expect(page).toMatch(/^platen_ingest_reports_total\{[^}]*outcome="duplicate"[^}]*\} [1-9]/m)
  expect(page).toMatch(/^platen_ingest_link_up(\{[^}]*\})? 1$/m)
  expect(page).not.toMatch(/committed|twice|"d1"/)
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
  {
    change:
      'insert into schema_version (version) values (9999); update schema_compatibility set oldest = 9999',
    says: '9999 needs a Platen that knows version 9999',
  },
  { change: 'drop table schema_version', says: 'is 0' },
])('does not start on a database of another version: $change', async ({ change, says }) => {
  await using database = await freshDatabase()
  await database.sql.unsafe(change)
  const env = { ...tenant.ingestEnv, PLATEN_DATABASE_URL: database.url }
  await using ingest = startProcess(MAIN, env)
  expect(await ingest.exited).toBe(1)
  const last = ingest.log.at(-1)
  expect(last?.text ?? last?.msg).toContain(`cannot use the database: its version ${says},`)
})
