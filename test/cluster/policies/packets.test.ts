import { afterAll, beforeAll, expect, it } from 'vitest'
import { compile } from './compile.ts'
import type { Cluster, Pod } from './objects.ts'
import { namespace, nothing, PLACE, pod, policy } from './testing/cluster.ts'
import { type Host, type Lab, NODE, OUTSIDE, startLab } from './testing/lab.ts'
import { describeLab } from './testing/suite.ts'

/** An answer takes less than this by far; what is dropped takes as long. */
const PATIENCE_MS = 500
/** For what has to be let through, however busy the machine is. */
const LONG_MS = 10_000

const GATEWAY = '10.199.0.1'
const SERVICE = '10.198.0.1'
const API_SERVICE = '10.198.0.2'

await describeLab('policies in force', () => {
  let lab: Lab
  let a: Host
  let b: Host
  let c: Host
  const pods: Pod[] = [
    pod({ name: 'x/a', ip: '10.199.0.2' }),
    pod({ name: 'x/b', ip: '10.199.0.3', ports: { web: 80 } }),
    pod({ name: 'y/c', ip: '10.199.0.4', ports: { web: 81 } }),
  ]
  const namespaces = [namespace('x'), namespace('y')]

  beforeAll(async () => {
    lab = await startLab()
    a = await lab.pod('10.199.0.2')
    b = await lab.pod('10.199.0.3')
    c = await lab.pod('10.199.0.4')
    for (const host of [a, b, c, lab.node, lab.outside]) {
      for (const port of [80, 81, 6443]) {
        await host.tell({ do: 'listen', protocol: 'TCP', port })
        await host.tell({ do: 'listen', protocol: 'UDP', port })
      }
    }
    await lab.run(['nft', '-f', '-'], services)
  })
  afterAll(() => lab?.[Symbol.asyncDispose]())

  async function apply(cluster: Partial<Cluster>): Promise<void> {
    await lab.run(['nft', '-f', '-'], compile({ ...nothing, pods, namespaces, ...cluster }, PLACE))
  }

  const reaches = (from: Host, address: string, port = 80) =>
    from.tell({ do: 'ask', protocol: 'TCP', address, port, ms: PATIENCE_MS })
  const reachesInTime = (from: Host, address: string, port = 80) =>
    from.tell({ do: 'ask', protocol: 'TCP', address, port, ms: LONG_MS })
  const reachesByUdp = (from: Host, address: string, port = 80) =>
    from.tell({ do: 'ask', protocol: 'UDP', address, port, ms: PATIENCE_MS })

  const denyAll = policy('x/deny', { policyTypes: ['Ingress', 'Egress'] })

  it('where no policy selects a pod, everybody reaches everybody', async () => {
    await apply({})

    for (const from of [a, c, lab.node, lab.outside]) {
      expect(await reachesInTime(from, b.address)).toBe(true)
    }
    for (const to of [c.address, NODE, GATEWAY, OUTSIDE, SERVICE, API_SERVICE]) {
      expect(await reachesInTime(a, to), to).toBe(true)
    }
  })

  it('a pod whose address the API server does not know yet reaches nobody, and only its node reaches it', async () => {
    await apply({ pods: pods.filter(each => each.metadata.name !== 'a') })

    const to = [b.address, NODE, GATEWAY, OUTSIDE, SERVICE, API_SERVICE]
    expect(await Promise.all(to.map(address => reaches(a, address)))).toEqual(to.map(() => false))
    expect(await reaches(b, a.address)).toBe(false)
    expect(await reaches(lab.outside, a.address)).toBe(false)
    expect(await reachesInTime(lab.node, a.address)).toBe(true)
    expect(await reachesInTime(b, c.address), 'the others go on').toBe(true)
  })

  it('a pod that may send nothing does not reach its own node either, nor the API server through its Service', async () => {
    await apply({ policies: [denyAll] })

    const to = [b.address, c.address, NODE, GATEWAY, OUTSIDE, SERVICE, API_SERVICE]
    const seen = await Promise.all(
      to.flatMap(address => [reaches(a, address), reachesByUdp(a, address)]),
    )
    expect(seen).not.toContain(true)
    expect(await reaches(a, NODE, 6443)).toBe(false)
    expect(await reaches(c, a.address)).toBe(false)
    expect(await reaches(lab.outside, a.address)).toBe(false)
    expect(await reachesInTime(lab.node, a.address), 'probes go on').toBe(true)
    expect(await reachesInTime(a, a.address), 'itself').toBe(true)
  })

  it('behind a Service the chosen pod counts, not the address that was asked for', async () => {
    const egress = [{ to: [{ podSelector: { matchLabels: { pod: 'b' } } }] }]
    await apply({ policies: [policy('x/to-b', { policyTypes: ['Egress'], egress })] })
    expect(await reachesInTime(a, SERVICE)).toBe(true)
    expect(await reaches(a, API_SERVICE)).toBe(false)

    const other = [{ to: [{ ipBlock: { cidr: `${SERVICE}/32` } }] }]
    await apply({ policies: [policy('x/to-b', { policyTypes: ['Egress'], egress: other })] })
    expect(await reaches(a, SERVICE)).toBe(false)
  })

  it('a pod reaches itself through its own Service, whatever the policies are', async () => {
    await apply({ policies: [denyAll] })
    expect(await reachesInTime(b, SERVICE)).toBe(true)
  })

  it('a named port is the number that the server gave it', async () => {
    const egress = [{ ports: [{ port: 'web' }] }]
    await apply({ policies: [policy('x/web', { policyTypes: ['Egress'], egress })] })

    expect(await reachesInTime(a, b.address, 80)).toBe(true)
    expect(await reachesInTime(a, c.address, 81)).toBe(true)
    expect(await reaches(a, b.address, 81)).toBe(false)
    expect(await reaches(a, c.address, 80)).toBe(false)
    expect(await reaches(a, OUTSIDE, 80), 'nobody there has names').toBe(false)
  })

  it('a protocol that is not named is not let through', async () => {
    const ingress = [{ ports: [{ protocol: 'UDP' as const, port: 80, endPort: 90 }] }]
    await apply({ policies: [policy('x/udp', { ingress })] })

    const ask = { do: 'ask', protocol: 'UDP', address: b.address, ms: LONG_MS } as const
    expect(await a.tell({ ...ask, port: 81 })).toBe(true)
    expect(await reaches(a, b.address, 80)).toBe(false)
    expect(await reachesByUdp(a, b.address, 6443)).toBe(false)
  })

  it('a connection ends when a policy forbids it, and survives every other change', async () => {
    await apply({})
    expect(await a.tell({ do: 'open', address: b.address, port: 80, ms: LONG_MS })).toBe(true)
    const ingress = [{ from: [{ podSelector: { matchLabels: { pod: 'a' } } }] }]
    await apply({ policies: [policy('x/from-a', { ingress })] })
    expect(await a.tell({ do: 'again', ms: LONG_MS })).toBe(true)

    await apply({ policies: [denyAll] })
    expect(await a.tell({ do: 'again', ms: PATIENCE_MS })).toBe(false)
  })

  it('what a pod was allowed is not passed on to the next one with its address', async () => {
    const egress = [{ to: [{ podSelector: { matchLabels: { pod: 'b' } } }] }]
    const policies = [
      policy('x/a', { podSelector: { matchLabels: { pod: 'a' } }, egress }),
      denyAll,
    ]
    const open = policy('x/open-b', { podSelector: { matchLabels: { pod: 'b' } }, ingress: [{}] })
    await apply({ policies: [...policies, open] })
    expect(await a.tell({ do: 'open', address: b.address, port: 80, ms: LONG_MS })).toBe(true)

    const [, ...others] = pods
    const next = pod({ name: 'x/next', ip: a.address })
    await apply({ pods: [...others, next], policies: [...policies, open] })
    expect(await a.tell({ do: 'again', ms: PATIENCE_MS })).toBe(false)
    expect(await reaches(a, b.address)).toBe(false)
  })

  it('nothing is sent to all pods of the node at once', async () => {
    await apply({ policies: [policy('y/deny', {})] })
    const everybody = ['255.255.255.255', '10.199.255.255', '224.0.0.1']
    for (const address of everybody) await a.tell({ do: 'shout', address, port: 80 })
    expect(await reachesInTime(a, b.address), 'by now it would have come').toBe(true)
    expect(await c.tell({ do: 'heard' })).toBe(false)

    await lab.run(['nft', 'delete', 'table', 'inet', PLACE.table])
    for (const address of everybody) await a.tell({ do: 'shout', address, port: 80 })
    await expect.poll(() => c.tell({ do: 'heard' })).toBe(true)
  })

  it('the link-local addresses of IPv6 are no way around', async () => {
    await apply({ policies: [denyAll, policy('y/deny', {})] })
    const pod = `${await c.linkLocal()}%eth0`
    const node = `${await lab.node.linkLocal('cni0')}%eth0`
    expect(await reaches(a, pod)).toBe(false)
    expect(await reaches(a, node)).toBe(false)

    await lab.run(['nft', 'delete', 'table', 'inet', PLACE.table])
    expect(await reachesInTime(a, pod), 'it would be one').toBe(true)
    expect(await reachesInTime(a, node)).toBe(true)
  })
})

/** As kube-proxy does it: Services of the pod b and of the node. */
const services = `
table ip services {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr ${SERVICE} dnat to 10.199.0.3
    ip daddr ${API_SERVICE} dnat to ${NODE}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr 10.199.0.3 ip daddr 10.199.0.3 masquerade
  }
}
`
