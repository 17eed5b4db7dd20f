import { createServer } from 'node:net'
import { createMonitor } from '@platen/database'
import {
  createSender,
  type Entry,
  type Outbox,
  openOutbox,
  type SenderOptions,
} from '@platen/monitor'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from './support/directory.ts'
import { startProcess } from './support/process.ts'
import { DOMAIN } from './support/prosody.ts'
import { startTestTenant, type TestTenant } from './support/tenant.ts'

const FAST = { backoff: { first: 50, longest: 200 } }

function reading(value: number): Entry {
  const meters = [{ name: 'total', unit: 'impressions', value, grade: 'A' } as const]
  return { device: 'd', observedAt: '2026-11-23T08:00:00.000Z', meters }
}

function readings(first: number, last: number): Entry[] {
  return Array.from({ length: last - first + 1 }, (_, index) => reading(first + index))
}

/** A log that can be read. */
function createLog() {
  const lines: string[] = []
  const write = (...words: unknown[]) => void lines.push(String(words.at(-1)))
  return { lines, info: write, warn: write, error: write }
}

function startSender(tenant: TestTenant, outbox: Outbox, more: Partial<SenderOptions> = {}) {
  const logger = createLog()
  const { c2sPort: port, ca } = tenant.prosody
  const xmpp = { host: '127.0.0.1', port, domain: DOMAIN, user: 'm', password: 'pass', ca }
  const waitBackoff = { first: 50, longest: 200 }
  const options = { outbox, logger, waitBackoff, batchBytes: 2_000, ...more }
  const sender = createSender({ ...options, xmpp: { ...xmpp, times: FAST, ...more.xmpp } })
  return { sender, logger, [Symbol.asyncDispose]: () => sender.stop() }
}

async function startTenant(): Promise<TestTenant> {
  const tenant = await startTestTenant()
  const [site] = await tenant.database.sql<{ id: string }[]>`select id from site`
  const account = { name: 'm', site: site?.id ?? '', host: DOMAIN, password: 'pass' }
  await createMonitor(tenant.database.sql, account)
  return tenant
}

async function startIngest(tenant: TestTenant) {
  const ingest = startProcess('services/ingest/main.ts', tenant.ingestEnv)
  await ingest.logged(/^connected to the XMPP server$/)
  return ingest
}

const until = async (condition: () => boolean) =>
  expect.poll(condition, { timeout: 20_000 }).toBe(true)

/** Every life count that is stored, in the order of storing. */
async function storedValues({ database: { sql } }: TestTenant): Promise<number[]> {
  const rows = await sql<{ value: string }[]>`select value from meter_reading order by value`
  return rows.map(({ value }) => Number(value))
}

const numbers = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

describe('the sender', { timeout: 60_000 }, () => {
  it('empties the outbox, and what it holds is stored once', async () => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    await using _ = await startIngest(tenant)
    using outbox = openOutbox({ directory: directory.path })
    outbox.append(readings(1, 200))
    await using __ = startSender(tenant, outbox)
    await until(() => outbox.stats().reports === 0)
    outbox.append(readings(201, 201)) // leaves at once: nothing else asks for it to be sent
    await until(() => outbox.stats().reports === 0)
    expect(await storedValues(tenant)).toEqual(numbers(201))
  })

  it('goes on after Prosody was killed and started again', async () => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    await using _ = await startIngest(tenant)
    using outbox = openOutbox({ directory: directory.path })
    await using sending = startSender(tenant, outbox)
    await until(() => sending.sender.isConnected)
    outbox.append(readings(1, 300))
    tenant.prosody.kill()
    await until(() => !sending.sender.isConnected)
    await tenant.prosody.restart()
    await until(() => outbox.stats().reports === 0)
    expect(await storedValues(tenant)).toEqual(numbers(300))
  })

  it('keeps everything while there is no ingest, and sends it when there is one', async () => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    using outbox = openOutbox({ directory: directory.path })
    outbox.append(readings(1, 50))
    await using sending = startSender(tenant, outbox)
    await until(() => sending.logger.lines.some(line => line.startsWith('the ingest cannot take')))
    expect(outbox.stats().reports).toBe(50)
    await using _ = await startIngest(tenant)
    await until(() => outbox.stats().reports === 0)
    expect(await storedValues(tenant)).toEqual(numbers(50))
  })

  it('says what is wrong when the password is, and does not end', async () => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    using outbox = openOutbox({ directory: directory.path })
    const { c2sPort: port, ca } = tenant.prosody
    const xmpp = { host: '127.0.0.1', port, domain: DOMAIN, user: 'm', password: 'wrong', ca }
    await using sending = startSender(tenant, outbox, { xmpp })
    await until(() => sending.logger.lines.some(line => line.includes('PLATEN_XMPP_PASSWORD')))
    expect(sending.sender.isConnected).toBe(false)
  })

  it('does not log in where the certificate is signed by nobody known', async () => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    using outbox = openOutbox({ directory: directory.path })
    const { c2sPort: port } = tenant.prosody
    const xmpp = { host: '127.0.0.1', port, domain: DOMAIN, user: 'm', password: 'pass' }
    await using sending = startSender(tenant, outbox, { xmpp: { ...xmpp, ca: undefined } })
    await until(() => sending.logger.lines.some(line => line.includes('PLATEN_XMPP_CA_FILE')))
  })
})

describe('a server without TLS', () => {
  const FEATURES = `<stream:features><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>`
  const HEADER = `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" id="1" version="1.0">`

  it('gets nothing but the stream header, as when somebody strips STARTTLS on the way', async () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path })
    outbox.append([reading(1)])
    let heard = ''
    const server = createServer(socket => {
      socket.on('error', () => undefined)
      socket.on('data', data => {
        heard += data
      })
      socket.write(HEADER + FEATURES)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const logger = createLog()
    const xmpp = { host: '127.0.0.1', port, domain: DOMAIN, user: 'm', password: 'pass' }
    const sender = createSender({ outbox, logger, xmpp: { ...xmpp, times: FAST } })
    await until(() => logger.lines.some(line => line.includes('offers no TLS')))
    await sender.stop()
    server.close()
    expect(heard).toMatch(/^(<\?xml version="1.0"\?><stream:stream [^<>]*>)+$/)
  })
})
