import { createApiToken, createMonitor } from '@platen/database'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FAULTS } from './fleet/faults.ts'
import { type Fleet, startFleet } from './fleet/fleet.ts'
import { type Collector, startCollector } from './support/collector.ts'
import { temporaryDirectory } from './support/directory.ts'
import { startProcess, type TestProcess } from './support/process.ts'
import { DOMAIN } from './support/prosody.ts'
import { startTestTenant, type TestTenant } from './support/tenant.ts'

const PASSWORD = 'the-monitors-password'
const DEVICES = 10

// One tenant for all of it: the real processes, which send all of their telemetry to one collector.
const resources = new AsyncDisposableStack()
let fleet: Fleet
let tenant: TestTenant
let collector: Collector
let processes: TestProcess[]
let token: string

beforeAll(async () => {
  const directory = resources.use(temporaryDirectory())
  fleet = resources.use(await startFleet({ devices: DEVICES, faults: FAULTS, network: '127.87' }))
  tenant = resources.use(await startTestTenant())
  collector = resources.use(await startCollector())
  const { sql, url } = tenant.database
  token = await createApiToken(sql, 'test')
  const [site] = await sql<{ id: string }[]>`select id from site`
  const account = { name: 'm1', site: site?.id ?? '', host: DOMAIN, password: PASSWORD }
  await createMonitor(sql, account)
  const start = (main: string, env: Record<string, string>) =>
    resources.use(startProcess(main, { ...collector.env, ...env }))
  processes = [
    start('services/ingest/main.ts', tenant.ingestEnv),
    start('services/api/main.ts', { PLATEN_DATABASE_URL: url, PLATEN_API_PORT: '0' }),
    start('monitor/main.ts', monitorEnv(directory.path)),
  ]
}, 120_000)
afterAll(() => resources.disposeAsync())

async function everyDeviceIsStored(): Promise<void> {
  const { sql } = tenant.database
  const seen = async () =>
    (await sql`select from device where serial is not null and meters_observed_at is not null`)
      .length
  await expect.poll(seen, { timeout: 60_000 }).toBeGreaterThanOrEqual(DEVICES)
}

function monitorEnv(data: string): Record<string, string> {
  return {
    PLATEN_DATA: data,
    PLATEN_XMPP_DOMAIN: DOMAIN,
    PLATEN_XMPP_HOST: '127.0.0.1',
    PLATEN_XMPP_PORT: String(tenant.prosody.c2sPort),
    PLATEN_XMPP_USER: 'm1',
    PLATEN_XMPP_PASSWORD: PASSWORD,
    PLATEN_XMPP_CA_FILE: tenant.prosody.caFile,
    PLATEN_NETWORKS: fleet.networks.join(),
    PLATEN_SNMP_PORT: String(fleet.port),
    PLATEN_POLL_SECONDS: '2',
  }
}

it('one trace goes from the poll of a printer to the commit of its report', {
  timeout: 90_000,
}, async () => {
  await everyDeviceIsStored()
  const spans = (name: string) => collector.spans().filter(span => span.name === name)
  const continued = () =>
    spans('store report').filter(store =>
      spans('poll').some(
        ({ traceId, spanId }) => traceId === store.traceId && spanId === store.parentSpanId,
      ),
    )
  await expect.poll(() => continued().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(DEVICES)
  const commits = new Set(spans('commit reports').map(({ spanId }) => spanId))
  const [store] = continued()
  expect(store?.links?.map(({ spanId }) => commits.has(spanId))).toEqual([true])
})

it('no log, metric or span names a printer, a secret or this machine, also when everything fails', {
  timeout: 120_000,
}, async () => {
  await everyDeviceIsStored()
  const { sql } = tenant.database
  const identities = await sql<{ text: string }[]>`
    select unnest(array[serial, mac::text, host_name, host(address), location]) as text from device`
  const secrets = new Set([
    ...identities.map(({ text }) => text).filter(text => text !== null),
    ...[token, PASSWORD, 'no-good-token', 'hidden words'],
  ])
  expect(secrets.size).toBeGreaterThan(3 * DEVICES)
  await askApi(token, '{ devices(filter: { search: "hidden words" }) { nodes { serial } } }')
  await askApi('no-good-token', '{ devices { nodes { serial } } }')
  await fleet.stop()
  const unreachable = async () =>
    (
      await sql`
        select from incident join device on device.id = device_id
        where code = 'unreachable' and serial is not null`
    ).length
  await expect.poll(unreachable, { timeout: 60_000 }).toBeGreaterThan(0)
  await tenant.prosody.restart()
  const pages = await Promise.all(processes.map(one => one.page('/metrics')))
  for (const one of processes) one.kill('SIGTERM') // which exports what is left
  expect(await Promise.all(processes.map(one => one.exited))).toEqual([0, 0, 0])

  expect(new Set(collector.posts.map(({ path }) => path))).toEqual(
    new Set(['/v1/traces', '/v1/metrics', '/v1/logs']),
  )
  const said = {
    logs: JSON.stringify(processes.map(({ log }) => log)),
    metrics: pages.join(),
    exported: collector.posts.map(({ body }) => body).join(),
  }
  for (const [where, text] of Object.entries(said)) {
    expect(text.length, where).toBeGreaterThan(1000)
    expect(
      [...secrets].filter(secret => text.includes(secret)),
      where,
    ).toEqual([])
    expect(text, where).not.toMatch(/host\.name|process\.command/)
  }
})

async function askApi(bearer: string, query: string): Promise<void> {
  const listening = await processes[1]?.logged(/^listening$/)
  await fetch(`http://127.0.0.1:${listening?.apiPort}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
}
