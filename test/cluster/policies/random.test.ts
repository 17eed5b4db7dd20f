import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compile } from './compile.ts'
import type { Cluster, Protocol } from './objects.ts'
import { PLACE } from './testing/cluster.ts'
import { clusters } from './testing/clusters.ts'
import { judge } from './testing/judge.ts'
import { type Host, NODE, OUTSIDE, startLab } from './testing/lab.ts'
import { type Connection, isAllowed } from './testing/semantics.ts'
import { describeLab } from './testing/suite.ts'

const PODS = ['10.199.0.2', '10.199.0.3', '10.199.0.4', '10.199.0.5']
const PORTS = [80, 255, 256]
/** Clusters whose packets are sent; PLATEN_RANDOM_POLICIES asks for more. */
const RUNS = Number(process.env.PLATEN_RANDOM_POLICIES ?? 12)
const PATIENCE_MS = 400
/** For what has to be let through, however busy the machine is. */
const LONG_MS = 10_000

it('policies drawn by lot become rules that let through exactly what the API says', () => {
  fc.assert(
    fc.property(clusters(PODS), cluster => {
      const script = compile(cluster, PLACE)
      const all = connections(['TCP', 'UDP', 'SCTP'])
      const wrong = all.filter(each => judge(script, each) !== isAllowed(cluster, each))
      expect(wrong).toEqual([])
    }),
    { numRuns: 200 },
  )
})

await describeLab('policies drawn by lot, as packets meet them,', () => {
  const timeout = 60_000 + RUNS * 5_000
  it('let through exactly what the API says', { timeout }, async () => {
    await using lab = await startLab()
    const hosts = new Map([lab.node, lab.outside].map(host => [host.address, host]))
    for (const address of PODS) hosts.set(address, await lab.pod(address))
    await Promise.all([...hosts.values()].map(listen))

    await fc.assert(
      fc.asyncProperty(clusters(PODS), async cluster => {
        await lab.run(['nft', '-f', '-'], compile(cluster, PLACE))
        const all = connections(['TCP', 'UDP'])
        const seen = await Promise.all(all.map(each => attempt(hosts, cluster, each)))
        expect(seen.filter(({ want, got }) => want !== got)).toEqual([])
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  })
})

/** From all pods and somebody outside to everybody, but from outside to the node: that is no policy's business. */
function connections<P extends Protocol>(protocols: P[]): (Connection & { protocol: P })[] {
  const pairs = [...PODS, OUTSIDE].flatMap(from =>
    [...PODS, OUTSIDE, NODE].map(to => ({ from, to })),
  )
  return pairs
    .filter(({ from, to }) => from !== to && (from !== OUTSIDE || to !== NODE))
    .flatMap(pair => protocols.map(protocol => ({ ...pair, protocol })))
    .flatMap(each => PORTS.map(port => ({ ...each, port })))
}

async function listen(host: Host): Promise<void> {
  const each = PORTS.flatMap(port =>
    (['TCP', 'UDP'] as const).map(protocol => ({ protocol, port })),
  )
  await Promise.all(each.map(on => host.tell({ do: 'listen', ...on })))
}

async function attempt(
  hosts: Map<string, Host>,
  cluster: Cluster,
  { from, to, protocol, port }: Connection & { protocol: 'TCP' | 'UDP' },
) {
  const want = isAllowed(cluster, { from, to, protocol, port })
  const ms = want ? LONG_MS : PATIENCE_MS
  const got = await hosts.get(from)?.tell({ do: 'ask', protocol, address: to, port, ms })
  return { from, to, protocol, port, want, got }
}
