import { createServer } from 'node:net'
import { createSender, openOutbox } from '@platen/monitor'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from './support/directory.ts'
import { DOMAIN } from './support/prosody.ts'
import {
  createLog,
  FAST,
  numbers,
  reading,
  readings,
  startIngest,
  startSender,
  startTenant,
  storedValues,
  until,
} from './support/sender.ts'

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
