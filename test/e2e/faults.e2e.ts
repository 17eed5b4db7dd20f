import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MANAGEMENT } from '../cluster/clusters.ts'
import { controlNode } from '../cluster/node/machine.ts'
import { record } from './evidence/evidence.ts'
import { killContainer } from './faults/containers.ts'
import { longestGap, p99, recovery } from './faults/figures.ts'
import { closeTenants, LOADED, openTenants } from './faults/tenants.ts'
import { type Load, startLoad } from './load/load.ts'
import type { Settled } from './load/worker.ts'
import { openPlatform } from './platform.ts'

const MONITORS = 10
const RATE = 2
const TIMES = Number(process.env.PLATEN_FAULT_TIMES ?? 10)
/** Between two kills of the same container: what the kubelet waits at most before it starts one again. */
const PAUSE_MS = 12_000
const QUIET_MS = 20_000
const API_SERVER_AWAY_MS = 60_000

const platform = openPlatform()
const [HIT] = LOADED
const NAMESPACE = `tenant-${HIT.name}`
const node = controlNode(MANAGEMENT)

interface Fault {
  name: string
  times: number
  strike(): Promise<void>
}

const killing = (part: string, container: string): Fault => ({
  name: `SIGKILL ${container}`,
  times: TIMES,
  async strike() {
    const [pod] = await platform.pods(MANAGEMENT, NAMESPACE, part)
    killContainer(pod, container)
  },
})

const FAULTS: Fault[] = [
  killing('ingest', 'ingest'),
  killing('ingest', 'xmpp'),
  killing('api', 'api'),
  killing('database', 'postgresql'),
  killing('database', 'backup'),
  ...['ingest', 'database'].map(part => ({
    name: `delete the pod of ${part}`,
    times: 1,
    async strike() {
      const args = ['--namespace', NAMESPACE, 'delete', 'pod', '--wait=false']
      await platform
        .cluster(MANAGEMENT)
        .kubectl([...args, '--selector', `app.kubernetes.io/name=${part}`])
    },
  })),
  ...['kubelet', 'containerd'].map(program => ({
    name: `SIGKILL ${program}`,
    times: 1,
    strike: () => node.kill(program),
  })),
  {
    name: `API server away for ${API_SERVER_AWAY_MS / 1000} s`,
    times: 1,
    async strike() {
      await node.stop('kube-apiserver')
      await sleep(API_SERVER_AWAY_MS)
      await node.start('kube-apiserver')
    },
  },
]

interface Struck {
  recoveries: number[]
  hit: Settled[]
  other: Settled[]
}

describe('faults under load', () => {
  const rows: string[][] = []
  let loads: [Load, Load]
  let quiet = Number.NaN

  beforeAll(async () => {
    await openTenants(platform, LOADED)
    const [hit, other] = await Promise.all(
      LOADED.map(tenant => startLoad(platform, tenant, { monitors: MONITORS, rate: RATE })),
    )
    loads = [hit as Load, other as Load]
    await sleep(QUIET_MS)
    await loads[1].take()
    await sleep(QUIET_MS)
    quiet = p99(await loads[1].take())
  })
  afterAll(async () => {
    for (const load of loads ?? []) await load[Symbol.asyncDispose]()
    await closeTenants(platform, LOADED)
  })

  it.each(FAULTS)('$name, $times times', { timeout: 900_000 }, async ({ name, times, strike }) => {
    const { recoveries, hit, other } = await strikeOften(times, strike)
    const worst = Math.max(...recoveries)
    const seconds = (ms: number) => (ms / 1000).toFixed(1)
    rows.push([
      name,
      `${times}`,
      seconds(recoveries.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0),
      seconds(worst),
      seconds(longestGap(hit, MONITORS)),
      `${p99(other)}`,
      `${Math.round((100 * p99(other)) / quiet - 100)} %`,
    ])
    expect(worst, 'every monitor came back').toBeLessThan(120_000)
  })

  it('stored every report exactly once, in both tenants', { timeout: 600_000 }, async () => {
    const verdicts = (await Promise.all(loads.map(load => load.prove()))).flat()

    record({
      section: 'Faults under load',
      reason: `What breaks is made good, and nothing is lost or doubled: ${2 * MONITORS} monitors of two tenants send ${RATE} numbered reports a second each through the edge while parts of one of the tenants, or of the node, are killed. Recovery: from the fault until every monitor has a newer report stored. The other tenant's p99 is from a report's making to the answer that it is stored; without a fault it was ${quiet} ms.`,
      command: 'npm run test:e2e -- faults',
      table: [
        [
          'fault',
          'times',
          'recovery, median s',
          'recovery, worst s',
          'longest gap s',
          "other tenant's p99 ms",
          'against quiet',
        ],
        ...rows,
      ],
      notes: verdicts.map(
        ({ what, holds, figures }) => `${holds ? 'holds' : 'BROKEN'}: ${what}: ${figures}`,
      ),
    })
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([])
  })

  async function strikeOften(times: number, strike: () => Promise<void>): Promise<Struck> {
    const struck: Struck = { recoveries: [], hit: [], other: [] }
    await Promise.all(loads.map(load => load.take()))
    for (let count = 0; count < times; count += 1) {
      const since = Date.now()
      await strike()
      const hit = await untilRecovered(since)
      struck.recoveries.push(recovery(hit, since, MONITORS))
      struck.hit.push(...hit)
      if (count + 1 < times) await sleep(PAUSE_MS)
    }
    struck.other.push(...(await loads[1].take()))
    return struck
  }

  async function untilRecovered(since: number): Promise<Settled[]> {
    const settled: Settled[] = []
    const deadline = Date.now() + 180_000
    while (Date.now() < deadline && !Number.isFinite(recovery(settled, since, MONITORS))) {
      await sleep(200)
      settled.push(...(await loads[0].take()))
    }
    return settled
  }
})
