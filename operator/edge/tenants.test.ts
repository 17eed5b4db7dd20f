import { once } from 'node:events'
import { createServer, request, type Server } from 'node:https'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { freePorts } from '../../test/support/ports.ts'
import { DOMAIN } from '../../test/support/prosody.ts'
import { startTestTenant, type TestTenant } from '../../test/support/tenant.ts'
import { connectXmpp } from '../../test/support/xmpp-client.ts'
import { type Authority, makeAuthority } from '../secrets/authority.ts'
import { issueCertificate } from '../secrets/certificate.ts'
import { addressOf } from './testing/fake-tenants.ts'
import { hostOf, nameOf, type RunningEdge, startEdge } from './testing/running-edge.ts'

// What the tenants really run behind the edge: Prosody, and HTTPS with certificates of the region's authority.
const NAMESPACE = 'tenant-real'
const now = new Date()

let tenant: TestTenant
let edge: RunningEdge
let authority: Authority
const servers: Server[] = []

/** Answers with its own name and what it was sent. */
async function startApi(number: number, port: number): Promise<void> {
  const { certificate, key } = await issueCertificate(authority, {
    host: hostOf(number),
    now,
  })
  const server = createServer({ cert: certificate, key }, async (incoming, response) => {
    const chunks = await incoming.toArray()
    response.end(`t${number} got ${Buffer.concat(chunks).length}`)
  })
  server.listen(port, addressOf(number))
  await once(server, 'listening')
  servers.push(server)
}

/** Also checks the certificate against the host. */
function post(host: string, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port: edge.tls, servername: host, ca: authority.bundle }
    const sent = request(
      { ...to, method: 'POST', path: '/graphql', agent: false },
      async answer => {
        resolve((await answer.toArray()).join(''))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

beforeAll(async () => {
  tenant = await startTestTenant()
  authority = await makeAuthority({ region: 'test', domain: 'test.example', now })
  const [api = 0] = await freePorts(1)
  await startApi(1, api)
  await startApi(2, api)
  edge = await startEdge({ ingest: tenant.prosody.c2sPort, api })
  edge.dns.names.set(nameOf('ingest', NAMESPACE), '127.0.0.1')
  edge.route([1, 2], [{ host: DOMAIN, namespace: NAMESPACE }])
  await vi.waitFor(async () => expect(await post(hostOf(1), Buffer.alloc(0))).toBe('t1 got 0'), {
    timeout: 15_000,
  })
}, 300_000)

afterAll(async () => {
  await edge?.[Symbol.asyncDispose]()
  for (const server of servers) server.closeAllConnections()
  for (const server of servers) server.close()
  await tenant?.[Symbol.asyncDispose]()
})

const login = (monitor: string) =>
  connectXmpp({
    port: edge.xmpp,
    ca: tenant.prosody.ca,
    domain: DOMAIN,
    user: monitor,
    password: `${monitor}-password`,
  })

it("a monitor logs in to the tenant's Prosody by STARTTLS, with that server's own certificate", async () => {
  using direct = await tenant.login('monitor-1')
  using through = await login('monitor-1')
  const ping = '<ping xmlns="urn:xmpp:ping"/>'
  expect((await direct.request(DOMAIN, ping, 'get')).attrs.type).toBe('result')
  expect((await through.request(DOMAIN, ping, 'get')).attrs.type).toBe('result')
})

it("each tenant's own HTTPS server answers for its host, with the whole of a large request", async () => {
  const body = Buffer.alloc(3_000_000, 'x')
  expect(await post(hostOf(1), body)).toBe('t1 got 3000000')
  expect(await post(hostOf(2), body)).toBe('t2 got 3000000')
})

it('a host of no tenant gets no certificate to look at', async () => {
  await expect(post('t3.test.example', Buffer.alloc(0))).rejects.toThrow(
    /disconnected|hang up|ECONNRESET/,
  )
})

it("a tenant that is closed has its monitors' connections ended, and is let in again when it is open", async () => {
  using monitor = await login('monitor-1')
  const closed = once(monitor.socket, 'close')
  edge.route([1, 2])
  await closed
  await expect(login('monitor-1')).rejects.toThrow()
  expect(await post(hostOf(2), Buffer.from('x'))).toBe('t2 got 1')
  edge.route([1, 2], [{ host: DOMAIN, namespace: NAMESPACE }])
  await vi.waitFor(async () => (await login('monitor-1'))[Symbol.dispose](), { timeout: 15_000 })
})
