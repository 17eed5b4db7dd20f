import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compile } from './compile.ts'
import type { Cluster } from './objects.ts'
import { PLACE } from './testing/cluster.ts'
import { clusters } from './testing/clusters.ts'
import { type Host, startLab } from './testing/lab.ts'
import { isAllowed } from './testing/semantics.ts'
import { describeLab } from './testing/suite.ts'

const PODS = ['10.199.0.2', '10.199.0.3', '10.199.0.4', '10.199.0.5']
const PORTS = [80, 255, 256]
const PROTOCOLS = ['TCP', 'UDP'] as const
/** Clusters in a run; PLATEN_RANDOM_POLICIES asks for a longer one. */
const RUNS = Number(process.env.PLATEN_RANDOM_POLICIES ?? 12)
const PATIENCE_MS = 400
/** For what has to be let through, however busy the machine is. */
const LONG_MS = 10_000

await describeLab('policies drawn by lot', () => {
  it('let through exactly what the API says, packet by packet', {
    timeout: 60_000 + RUNS * 5_000,
  }, async () => {
    await using lab = await startLab()
    const hosts = [lab.node, lab.outside]
    for (const address of PODS) hosts.push(await lab.pod(address))
    await Promise.all(hosts.map(listen))
    const all = connections(hosts)

    await fc.assert(
      fc.asyncProperty(clusters(PODS), async cluster => {
        await lab.run(['nft', '-f', '-'], compile(cluster, PLACE))
        const seen = await Promise.all(all.map(each => verdict(cluster, each)))
        expect(seen.filter(({ want, got }) => want !== got)).toEqual([])
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  })
})

async function listen(host: Host): Promise<void> {
  const each = PORTS.flatMap(port => PROTOCOLS.map(protocol => ({ protocol, port })))
  await Promise.all(each.map(on => host.tell({ do: 'listen', ...on })))
}

interface Attempt {
  from: Host
  to: Host
  protocol: (typeof PROTOCOLS)[number]
  port: number
}

/** From everybody to everybody; what the node starts is no policy's business. */
function connections(hosts: Host[]): Attempt[] {
  const [node, ...others] = hosts
  return others.flatMap(from =>
    hosts
      .filter(to => from !== to && (PODS.includes(from.address) || to !== node))
      .flatMap(to =>
        PORTS.flatMap(port => PROTOCOLS.map(protocol => ({ from, to, protocol, port }))),
      ),
  )
}

async function verdict(cluster: Cluster, { from, to, protocol, port }: Attempt) {
  const between = { from: from.address, to: to.address, protocol, port }
  const want = isAllowed(cluster, between)
  const ms = want ? LONG_MS : PATIENCE_MS
  const got = await from.tell({ do: 'ask', protocol, address: to.address, port, ms })
  return { ...between, want, got }
}
