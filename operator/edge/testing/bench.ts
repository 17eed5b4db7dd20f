import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { clientHello, header } from './conversation.ts'
import { addressOf, startFakeTenants } from './fake-tenants.ts'
import { hostOf, startEdge } from './running-edge.ts'

// What the edge costs: connections through it beside direct ones, with 5,000 routes. `node operator/edge/testing/bench.ts`;
// the figures stand in docs/decisions/013-edge.md.
const ROUTES = 5_000
const USED = 200
const ROUNDS = 5

interface Way {
  name: string
  open: (index: number) => Promise<number>
  latency: number[]
  rate: number[]
}

/** Milliseconds from the connect to the first answer. */
function converse(
  to: { port: number; host: string },
  first: string | Buffer,
  want: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const begin = performance.now()
    const socket = connect({ ...to, noDelay: true })
    socket.write(first)
    socket.once('data', data => {
      const took = performance.now() - begin
      socket.resetAndDestroy()
      if (data.toString().trim() === want) resolve(took)
      else reject(new Error('misrouted'))
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed')))
  })
}

const quantile = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0

async function measure(way: Way): Promise<void> {
  for (let index = 0; index < 200; index += 1) way.latency.push(await way.open(index))
  let next = 0
  const begin = performance.now()
  const worker = async () => {
    while (next < 3_000) {
      next += 1
      await way.open(next)
    }
  }
  await Promise.all(Array.from({ length: 32 }, worker))
  way.rate.push((3_000 / (performance.now() - begin)) * 1_000)
}

/** Seconds of processor time. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const megabytes = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024

await using tenants = await startFakeTenants()
await using edge = await startEdge({ ingest: tenants.port, api: tenants.port })
const begin = performance.now()
edge.route(Array.from({ length: ROUTES }, (_, tenant) => tenant))
while (!(await edge.agent.page('/metrics')).includes(`state="routed"} ${ROUTES}`)) await sleep(50)
console.log(
  `${ROUTES} routes: ${((performance.now() - begin) / 1000).toFixed(1)} s from the file to HAProxy`,
)

const hellos = await Promise.all(
  Array.from({ length: USED }, (_, tenant) => clientHello(hostOf(tenant))),
)
const tenantOf = (index: number) => index % USED
const through = (port: number, first: (tenant: number) => string | Buffer) => (index: number) =>
  converse({ port, host: '127.0.0.1' }, first(tenantOf(index)), addressOf(tenantOf(index)))
const hello = (tenant: number) => hellos[tenant] ?? ''
const direct = (index: number) => {
  const host = addressOf(tenantOf(index))
  return converse({ port: tenants.port, host }, hello(tenantOf(index)), host)
}
const ways: Way[] = [
  { name: 'direct', open: direct, latency: [], rate: [] },
  { name: 'edge, TLS', open: through(edge.tls, hello), latency: [], rate: [] },
  {
    name: 'edge, XMPP',
    open: through(edge.xmpp, tenant => header(hostOf(tenant))),
    latency: [],
    rate: [],
  },
]
for (let round = 0; round < ROUNDS; round += 1) for (const way of ways) await measure(way)
for (const { name, latency, rate } of ways) {
  const [p50, p99] = [quantile(latency, 0.5), quantile(latency, 0.99)].map(ms => ms.toFixed(2))
  console.log(
    `${name}: ${Math.round(quantile(rate, 0.5))} connections/s, first answer p50 ${p50} ms, p99 ${p99} ms`,
  )
}

const before = megabytes(edge.haproxy.pid)
const idle = Array.from({ length: 4_000 }, (_, index) => {
  const socket = connect(edge.xmpp, '127.0.0.1')
  socket.write(header(hostOf(tenantOf(index))))
  return new Promise<void>(resolve => socket.once('data', () => resolve()))
})
await Promise.all(idle)
const [agentBegin, haproxyBegin] = [cpuOf(edge.agent.pid), cpuOf(edge.haproxy.pid)]
await sleep(20_000)
const share = (begin: number, pid: number) =>
  `${(((cpuOf(pid) - begin) / 20) * 100).toFixed(1)} % of a core`
console.log(
  `HAProxy: ${before.toFixed(0)} MB, with 4,000 idle connections ${megabytes(edge.haproxy.pid).toFixed(0)} MB`,
)
console.log(
  `idle: HAProxy ${share(haproxyBegin, edge.haproxy.pid)}; agent ${share(agentBegin, edge.agent.pid)}, ${megabytes(edge.agent.pid).toFixed(0)} MB`,
)
await edge[Symbol.asyncDispose]()
process.exit(0)
