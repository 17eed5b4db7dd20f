import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { routesText } from './routes.ts'
import { clientHello, firstAnswer, header, open, say } from './testing/conversation.ts'
import { addressOf, type FakeTenants, startFakeTenants } from './testing/fake-tenants.ts'
import { hostOf, type RunningEdge, startEdge } from './testing/running-edge.ts'

// One edge for all tests, in order: each leaves tenants 0 to 39 routed, as the first one finds them.
const STABLE = 40
const stable = Array.from({ length: STABLE }, (_, tenant) => tenant)
const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)
const WAIT = { timeout: 15_000, interval: 50 }

let tenants: FakeTenants
let edge: RunningEdge

beforeAll(async () => {
  tenants = await startFakeTenants()
  edge = await startEdge({ ingest: tenants.port, api: tenants.port })
  edge.route(stable)
  await untilRouted(STABLE - 1)
}, 300_000)

afterAll(async () => {
  await edge?.[Symbol.asyncDispose]()
  await tenants?.[Symbol.asyncDispose]()
})

/** Where the tenant's XMPP connections end up now; '' is nowhere. */
const whereXmpp = (tenant: number) => say(edge.xmpp, [header(hostOf(tenant))])

const untilRouted = (tenant: number) =>
  vi.waitFor(async () => expect(await whereXmpp(tenant)).toBe(addressOf(tenant)), WAIT)

const untilUnrouted = (tenant: number) =>
  vi.waitFor(async () => expect(await whereXmpp(tenant)).toBe(''), WAIT)

interface Idle {
  tenant: number
  socket: Socket
}

async function connectIdle(
  count: number,
  of: readonly number[],
  way: 'xmpp' | 'tls',
): Promise<Idle[]> {
  const idle: Idle[] = []
  for (let index = 0; index < count; index += 1) {
    const tenant = of[index % of.length] ?? 0
    const socket = await open(edge[way])
    const answer = firstAnswer(socket)
    socket.write(way === 'xmpp' ? header(hostOf(tenant)) : await clientHello(hostOf(tenant)))
    expect(await answer).toBe(addressOf(tenant))
    idle.push({ tenant, socket })
  }
  return idle
}

/** Tenants whose connection is gone or leads to another's server. */
async function wrong(idle: readonly Idle[]): Promise<number[]> {
  const found: number[] = []
  for (const { tenant, socket } of idle) {
    const answer = socket.destroyed || socket.closed ? '' : firstAnswer(socket)
    socket.write('still there?')
    if ((await answer) !== addressOf(tenant)) found.push(tenant)
  }
  return found
}

const close = (idle: readonly Idle[]) => {
  for (const { socket } of idle) socket.destroy()
}

const metric = async (name: string) => {
  const line = (await edge.agent.page('/metrics')).split('\n').find(line => line.startsWith(name))
  return Number(line?.split(' ').at(-1))
}

it('holds 2,000 idle connections while 50 tenants come and go: none is dropped, none is misrouted', {
  timeout: 120_000,
}, async () => {
  const idle = [
    ...(await connectIdle(1_800, stable, 'xmpp')),
    ...(await connectIdle(200, stable, 'tls')),
  ]
  for (let round = 0; round < 5; round += 1) {
    const comers = range(100 + round * 10, 10)
    edge.route([...stable, ...comers])
    for (const tenant of comers) await untilRouted(tenant)
    edge.route(stable)
    for (const tenant of comers) await untilUnrouted(tenant)
  }
  expect(await wrong(idle)).toEqual([])
  close(idle)
})

it("ends the connections of a tenant whose route is gone, on both entrances, and nobody else's", async () => {
  const gone = [
    ...(await connectIdle(20, [38, 39], 'xmpp')),
    ...(await connectIdle(4, [38, 39], 'tls')),
  ]
  const others = await connectIdle(100, range(0, 38), 'xmpp')
  const closed = gone.map(({ socket }) => new Promise(resolve => socket.once('close', resolve)))
  edge.route(range(0, 38))
  await Promise.all(closed)
  expect(await wrong(others)).toEqual([])
  expect(await whereXmpp(38)).toBe('')
  await expect.poll(() => metric('platen_edge_sessions_ended'), WAIT).toBe(24)
  close(others)
  edge.route(stable)
  await untilRouted(39)
})

it('a HAProxy that was killed has the routes from its first connection on, also without the agent', async () => {
  edge.route([...stable, 150])
  await untilRouted(150)
  edge.agent.kill('SIGKILL')
  await edge.agent.exited
  await edge.haproxy.kill()
  await edge.startHaproxy()
  expect(await whereXmpp(150)).toBe(addressOf(150))
  expect(await whereXmpp(7)).toBe(addressOf(7))
  expect(await whereXmpp(151)).toBe('')

  const idle = await connectIdle(50, stable, 'xmpp')
  edge.route(stable)
  edge.startAgent()
  await untilUnrouted(150)
  expect(await wrong(idle)).toEqual([])
  close(idle)
})

it('the agent sees that HAProxy was started anew, and goes on with it', async () => {
  await edge.haproxy.kill()
  await expect.poll(() => edge.agent.page('/readyz'), WAIT).toMatch(/not ready/)
  edge.route([...stable, 160])
  await vi.waitUntil(() => readFileSync(edge.mapFile, 'utf8').includes(hostOf(160)), WAIT)
  await edge.startHaproxy()
  await untilRouted(160)
  edge.route(stable)
  await untilUnrouted(160)
  await expect.poll(() => edge.agent.page('/readyz'), WAIT).toMatch(/^ready$/m)
})

it('connections of a route that went while the agent was away are ended when it is back', async () => {
  edge.route([...stable, 170])
  await untilRouted(170)
  const idle = await connectIdle(3, [170], 'xmpp')
  edge.agent.kill('SIGKILL')
  await edge.agent.exited
  edge.route(stable)
  expect(await wrong(idle)).toEqual([])
  const closed = idle.map(({ socket }) => new Promise(resolve => socket.once('close', resolve)))
  edge.startAgent()
  await Promise.all(closed)
})

it.each([
  { why: 'A half-written file has lost its last line.', text: 'a.test.example tenant-a\nb.test' },
  {
    why: 'A file that was cut at a line has too few.',
    text: 'a.test.example tenant-a\n# 2 routes\n',
  },
  { why: 'An empty file would close all tenants.', text: '' },
  { why: 'A line that is no route.', text: 'a.test.example\n# 1 routes\n' },
  { why: 'A host twice: nobody knows whose it is.', text: 'a.b x\na.b y\n# 2 routes\n' },
  { why: 'What HAProxy would take for a command.', text: 'a.b;x y\n# 1 routes\n' },
])('refuses a file and keeps the routes of before: $why', async ({ text }) => {
  edge.write(text)
  await expect.poll(() => metric('platen_edge_routes_valid'), WAIT).toBe(0)
  expect(await whereXmpp(3)).toBe(addressOf(3))
  expect(await edge.agent.page('/readyz')).toMatch(/^ready$/m)
  edge.route(stable)
  await expect.poll(() => metric('platen_edge_routes_valid'), WAIT).toBe(1)
})

it('a name server that is away, or knows nothing, takes no route from anybody', async () => {
  const idle = await connectIdle(40, stable, 'xmpp')
  const names = new Map(edge.dns.names)
  edge.dns.names.clear()
  edge.agent.kill('SIGKILL') // a new one knows no address but by HAProxy's map
  await edge.agent.exited
  edge.startAgent()
  await expect.poll(() => edge.agent.page('/readyz'), WAIT).toMatch(/^ready$/m)
  edge.dns.isSilent = true
  edge.route(range(0, 39)) // A removal does not wait for it.
  await untilUnrouted(39)
  expect(await wrong(idle.filter(({ tenant }) => tenant !== 39))).toEqual([])
  for (const [name, address] of names) edge.dns.names.set(name, address)
  edge.dns.isSilent = false
  edge.route(stable)
  await untilRouted(39)
  close(idle)
})

it('takes 5,000 routes, and one more tenant is there soon', { timeout: 120_000 }, async () => {
  const all = range(0, 5_000)
  edge.route(all)
  await expect
    .poll(() => metric('platen_edge_routes{state="routed"'), { ...WAIT, timeout: 60_000 })
    .toBe(5_000)
  await untilRouted(4_999)
  edge.route([...all, 5_000])
  await untilRouted(5_000)
  edge.route(stable)
  await untilUnrouted(4_999)
})

it('names no tenant in its log and its metrics', async () => {
  expect(JSON.stringify(edge.agent.log)).not.toMatch(/test\.example|tenant-|127\.60/)
  expect(await edge.agent.page('/metrics')).not.toMatch(/test\.example|tenant-|127\.60/)
  expect(routesText([])).toBe('# 0 routes\n')
})
