import { startFleet } from '@platen/test'
import { expect, it } from 'vitest'
import { startCollector } from './support/collector.ts'
import { temporaryDirectory } from './support/directory.ts'
import { startProcess, type TestProcess } from './support/process.ts'
import { DOMAIN } from './support/prosody.ts'
import { startIngest, startTenant } from './support/sender.ts'
import type { TestTenant } from './support/tenant.ts'

const WITHIN = { timeout: 20_000 }
const MONITOR = 'monitor/main.ts'

function environment(tenant: TestTenant, data: string, snmpPort: number): Record<string, string> {
  return {
    PLATEN_DATA: data,
    PLATEN_XMPP_DOMAIN: DOMAIN,
    PLATEN_XMPP_HOST: '127.0.0.1',
    PLATEN_XMPP_PORT: String(tenant.prosody.c2sPort),
    PLATEN_XMPP_USER: 'm',
    PLATEN_XMPP_PASSWORD: 'pass',
    PLATEN_XMPP_CA_FILE: tenant.prosody.caFile,
    PLATEN_NETWORKS: '127.66.0.1/32',
    PLATEN_SNMP_PORT: String(snmpPort),
    PLATEN_POLL_SECONDS: '1',
    PLATEN_SWEEP_SECONDS: '1',
  }
}

async function incidents({ database: { sql } }: TestTenant) {
  return await sql<{ code: string; since: Date; isOpen: boolean }[]>`
    select code, opened_at as since, closed_at is null as "isOpen" from incident
    where source = 'monitor'`
}

async function stop(monitor: TestProcess): Promise<void> {
  monitor.kill('SIGTERM')
  expect(await monitor.exited, JSON.stringify(monitor.log)).toBe(0)
}

it('a printer that stops making sense is an incident, since then and over a restart, until it makes sense again', async () => {
  using directory = temporaryDirectory()
  await using tenant = await startTenant()
  await using _ = await startIngest(tenant)
  const printer = await startFleet({ devices: 1 })
  const { port } = printer
  const env = environment(tenant, directory.path, port)
  const monitor = startProcess(MONITOR, env)
  const { sql } = tenant.database
  await expect.poll(() => sql`select 1 from meter`, WITHIN).not.toHaveLength(0)
  await printer.stop()

  const broken = await startFleet({ devices: 0, faults: ['loop'], port })
  await expect
    .poll(() => incidents(tenant), WITHIN)
    .toMatchObject([{ code: 'unreadable', isOpen: true }])
  const [before] = await incidents(tenant)
  await stop(monitor)

  await using restarted = startProcess(MONITOR, env)
  const unread = () =>
    sql`select 1 from monitor where unreadable = 1 and sweeps > 0 and started_at > ${before?.since ?? null}`
  await expect.poll(unread, WITHIN).toHaveLength(1)
  expect(await incidents(tenant)).toEqual([before])
  await broken.stop()

  await using _repaired = await startFleet({ devices: 1, port })
  await expect.poll(() => incidents(tenant), WITHIN).toEqual([{ ...before, isOpen: false }])
  expect(await sql`select 1 from device`).toHaveLength(1)
  await stop(restarted)
}, 60_000)

it('says how it is in metrics, traces and log, and nowhere who the printers are', async () => {
  using directory = temporaryDirectory()
  await using tenant = await startTenant()
  await using _ = await startIngest(tenant)
  await using fleet = await startFleet({ devices: 1 })
  await using collector = await startCollector()
  await using monitor = startProcess(MONITOR, {
    ...environment(tenant, directory.path, fleet.port),
    ...collector.env,
  })
  const { sql } = tenant.database
  await expect
    .poll(() => sql`select 1 from monitor where sweeps > 0 and devices = 1`, WITHIN)
    .toHaveLength(1)
  const posts = () => collector.posts.map(({ body }) => body).join('\n')
  await expect.poll(posts, WITHIN).toContain('"platen.poll.outcome","value":{"stringValue":"read"}')

  const metrics = await monitor.page('/metrics')
  expect(metrics).toMatch(/^platen_monitor_polls_total\{.*outcome="read".*\} [1-9]/m)
  for (const name of [
    'outbox_reports',
    'outbox_size',
    'outbox_thinned',
    'outbox_refused',
    'reports_acknowledged_total',
    'batch_duration_count',
  ]) {
    expect(metrics).toMatch(new RegExp(`^platen_monitor_${name}(\\{.*\\})? \\d`, 'm'))
  }
  const { serial, mac, hostName } = fleet.devices[0]?.device ?? {}
  const said = metrics + posts() + JSON.stringify(monitor.log)
  for (const identity of ['127.66.0.1', serial, mac, hostName]) {
    expect(identity).toBeTruthy()
    expect(said).not.toContain(identity)
  }
  await stop(monitor)
}, 60_000)

it.each([
  { env: { PLATEN_NETWORKS: '10.0.0.0/8' }, says: /cannot use the network .*smaller ones/ },
  { env: { PLATEN_SNMP_V3_AUTH_PASSWORD: 'long enough' }, says: /without PLATEN_SNMP_V3_USER/ },
  { env: { PLATEN_XMPP_CA_FILE: '/nowhere' }, says: /PLATEN_XMPP_CA_FILE cannot be read/ },
  { env: { PLATEN_XMPP_USER: '' }, says: /PLATEN_XMPP_USER is not set/ },
  { env: { PLATEN_ENROL_URL: 'https://acme.example' }, says: /PLATEN_XMPP_DOMAIN are both set/ },
])('a wrong setting ends it with status 2 and a sentence: $env', async ({ env, says }) => {
  using directory = temporaryDirectory()
  const settings = {
    PLATEN_DATA: directory.path,
    PLATEN_XMPP_DOMAIN: DOMAIN,
    PLATEN_XMPP_USER: 'm',
    PLATEN_XMPP_PASSWORD: 'pass',
    PLATEN_NETWORKS: '127.66.0.1/32',
  }
  await using monitor = startProcess(MONITOR, { ...settings, ...env })
  expect(await monitor.exited).toBe(2)
  expect(monitor.log.map(({ text = '' }) => text).join('\n')).toMatch(says)
})
