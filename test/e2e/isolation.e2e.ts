import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_PORT, BRIDGE, type ClusterPlan } from '../cluster/clusters.ts'
import { REGIONS, TENANTS, type TenantPlan } from '../cluster/platform/places.ts'
import { siteNamespace } from '../cluster/platform/sites.ts'
import type { KubeObject } from '../kubernetes/rest.ts'
import { record } from './evidence/evidence.ts'
import type { Outcome, Target } from './network/connect.ts'
import { tryFrom } from './network/try-from-pod.ts'
import { openPlatform } from './platform.ts'

/** Somebody who speaks or is spoken to, by a name that is unique in its cluster. */
interface Party {
  name: string
  cluster: ClusterPlan
  pod?: KubeObject
  /** What it listens on, or would: pods' ports, Services', nodes'. */
  ports: Target[]
}

interface Row {
  from: string
  to: string
  port: number
  expected: 'open' | 'closed'
  seen: Outcome
}

const PORTS = { ingest: [5222, 5347, 8080], api: [8443, 8080], database: [5432] } as const
const EDGE_PORTS = [8443, 5222, 8404, 8080]
const KUBELET_PORT = 10_250
const OUTSIDE_PORT = 4443

const platform = openPlatform()

/** The ways that DESIGN draws between pods of a region; whatever is not here is closed. */
function isDrawn(from: Party, to: Party, port: number): boolean {
  const way = `${roleOf(from)} > ${roleOf(to)}:${port}`
  const isOwn = tenantOf(from) === tenantOf(to)
  if (from === to) return true // a pod always reaches itself
  if (way === 'edge > ingest:5222' || way === 'edge > api:8443') return true
  if (way === 'ingest > database:5432' || way === 'api > database:5432') return isOwn
  if (way.startsWith('edge > load balancer:')) return true // which leads back to itself
  const entrances = ['edge:8443', 'edge:5222', 'load balancer:443', 'load balancer:5222']
  return entrances.some(entrance => way === `monitor > ${entrance}`)
}

const roleOf = ({ name }: Party) => name.split('/').at(-1) as string
const tenantOf = ({ name }: Party) => name.split('/')[0]

async function partiesOf(tenant: TenantPlan): Promise<Party[]> {
  const { cluster } = tenant.region
  const parties: Party[] = []
  for (const [part, ports] of Object.entries(PORTS)) {
    for (const pod of await platform.pods(cluster, `tenant-${tenant.name}`, part)) {
      parties.push(partyOf(`${tenant.name}/${part}`, cluster, { pod, ports }))
    }
  }
  const [monitor] = await platform.pods(cluster, siteNamespace(tenant), 'platen-monitor')
  if (monitor)
    parties.push(partyOf(`${tenant.name}/monitor`, cluster, { pod: monitor, ports: [8080] }))
  return parties
}

interface Inside {
  pod: KubeObject
  ports: readonly number[]
}

function partyOf(name: string, cluster: ClusterPlan, { pod, ports }: Inside): Party {
  const host: string = pod.status.podIP
  return { name, cluster, pod, ports: ports.map(port => ({ host, port })) }
}

async function edges(): Promise<Party[]> {
  const all = REGIONS.map(async ({ name, cluster }) => {
    const pods = await platform.pods(cluster, `platen-region-${name}`, 'edge')
    return pods.map(pod => partyOf(`${name}/edge`, cluster, { pod, ports: EDGE_PORTS }))
  })
  return (await Promise.all(all)).flat()
}

/** What no tenant has any business with. */
function surroundings(cluster: ClusterPlan): Party[] {
  const party = (name: string, host: string, ...ports: number[]): Party => ({
    name,
    cluster,
    ports: ports.map(port => ({ host, port })),
  })
  return [
    party('Kubernetes API (Service)', cluster.apiServiceAddress, 443),
    party('Kubernetes API (node)', cluster.address, API_PORT),
    party('kubelet', cluster.address, KUBELET_PORT),
    party('load balancer', cluster.balancerAddress, 443, 5222),
    party('outside', BRIDGE.address, OUTSIDE_PORT),
  ]
}

async function tryAll(from: Party, to: Party[]): Promise<Row[]> {
  const attempts = to.flatMap(party => party.ports.map(target => ({ party, target })))
  const seen = await tryFrom(
    from.pod,
    attempts.map(({ target }) => target),
  )
  return attempts.map(({ party, target }, index) => ({
    from: from.name,
    to: party.name,
    port: target.port,
    expected: isDrawn(from, party, target.port) ? 'open' : 'closed',
    seen: seen[index] as Outcome,
  }))
}

describe('isolation between pods that run', () => {
  let outside: Server
  beforeAll(async () => {
    outside = createServer(socket => socket.end())
    await new Promise<void>(resolve => outside.listen(OUTSIDE_PORT, BRIDGE.address, resolve))
  })
  afterAll(() => void outside.close())

  it('opens the ways that are drawn, and no other', { timeout: 300_000 }, async () => {
    const parties = [...(await edges()), ...(await Promise.all(TENANTS.map(partiesOf))).flat()]
    const rows: Row[] = []
    for (const from of parties) {
      const near = parties.filter(({ cluster }) => cluster.name === from.cluster.name)
      rows.push(...(await tryAll(from, [...near, ...surroundings(from.cluster)])))
    }

    record({
      section: 'Isolation',
      reason:
        'A tenant is alone: between its parts only what the design draws, and nothing to another tenant, the Kubernetes API, the node, or the world. Each row is a TCP connection out of the network namespace of a pod that runs.',
      command: 'npm run test:e2e -- isolation',
      table: [
        ['from', 'to', 'port', 'expected', 'seen'],
        ...rows
          .filter(({ from, to }) => from !== to)
          .map(({ from, to, port, expected, seen }) => [from, to, `${port}`, expected, seen]),
      ],
    })
    expect(rows.filter(isWrong)).toEqual([])
    expect(
      rows.filter(({ seen }) => seen === 'open').length,
      'a way is open at all',
    ).toBeGreaterThan(10)
  })
})

/** A connection that is refused got through; only silence is a closed way. What nobody listens on refuses itself to its owner. */
function isWrong({ from, to, expected, seen }: Row): boolean {
  if (from === to) return false
  return expected === 'open' ? seen !== 'open' : seen !== 'silent'
}
