import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRANCE, MANAGEMENT } from '../cluster/clusters.ts'
import { hasCloudNativePg } from '../cluster/platform/cloud-native-pg.ts'
import { until } from '../cluster/wait.ts'
import { lineOf } from '../faults/proof/verdict.ts'
import type { Plugin } from '../kubectl/support/plugin.ts'
import type { KubeObject } from '../kubernetes/rest.ts'
import { boundaryOf, lostOf } from './backup/loss.ts'
import { record } from './evidence/evidence.ts'
import { killContainer } from './faults/containers.ts'
import { longestGap } from './faults/figures.ts'
import { closeTenants, openTenants, planOf } from './faults/tenants.ts'
import { askDatabase, serves } from './load/database.ts'
import { type Load, startLoad } from './load/load.ts'
import { untilReported } from './load/until-reported.ts'
import type { Settled } from './load/worker.ts'
import { openPlatform } from './platform.ts'
import { readTenant, untilReady } from './support/conditions.ts'
import { openPlugin, platen } from './support/plugin.ts'
import { tenths } from './support/stopwatch.ts'

const MONITORS = 10
/** Reports a second of each monitor. */
const RATE = 2
const INSTANCES = 2
const TIMES = 3
const LONG = { timeout: 1_800_000 }
const NOW = `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as now`

const TENANT = planOf('load-d', 'FR')
const NAMESPACE = `tenant-${TENANT.name}`
const platform = openPlatform()
const management = platform.cluster(MANAGEMENT)
const france = platform.cluster(FRANCE)
const isThere = await hasCloudNativePg(france)
const rows: string[][] = []
const notes: string[] = []
const settled: Settled[] = []
let load: Load
let plugin: Plugin

interface Failover {
  name: string
  strike(primary: KubeObject): Promise<void>
}

const failovers: Failover[] = [
  {
    name: 'SIGKILL to all processes of the primary',
    strike: async primary => killContainer(primary, 'postgres'),
  },
  {
    name: 'pod of the primary deleted',
    async strike({ metadata: { name } }) {
      const at = ['--namespace', NAMESPACE, 'delete', 'pod', name, '--force', '--grace-period=0']
      await france.kubectl(at)
    },
  },
]

describe.skipIf(!isThere)("a database of CloudNativePG's, under load", () => {
  beforeAll(async () => {
    plugin = await openPlugin(platform)
    await openTenants(platform, [TENANT])
    const resources = { database: { instances: INSTANCES } }
    await patch({ resources })
    await untilReady(platform, TENANT.name, 900_000)
    await untilStandby()
    load = await startLoad(platform, TENANT, { monitors: MONITORS, rate: RATE })
  }, LONG.timeout)
  afterAll(async () => {
    await load?.[Symbol.asyncDispose]()
    await closeTenants(platform, [TENANT])
    plugin?.[Symbol.dispose]()
  }, LONG.timeout)

  it.each(failovers)('$name', LONG, async ({ name, strike }) => {
    for (let count = 0; count < TIMES; count += 1) {
      const primary = await primaryOf()
      settled.push(...(await load.take()))
      const since = Date.now()
      await strike(primary)
      await untilAnother(primary)
      await untilStandby()
      const whole = Date.now() - since
      const seen = await untilReported(load, Date.now())
      settled.push(...seen)
      const successor = (await primaryOf()).metadata.name
      rows.push([
        name,
        ...gapsOf(seen, since),
        tenths(whole / 1000),
        successor === primary.metadata.name ? 'the same one serves again' : 'the other one serves',
      ])
      recordRows()
    }
  })

  it('data deleted by hand, restored to a second', LONG, async () => {
    await platen(plugin, 'backup', TENANT.name, '--wait')
    await sleep(60_000)
    const [clock] = await askDatabase<{ now: string }>(platform, TENANT, NOW)
    const to = clock?.now ?? ''
    await sleep(2_000)
    // Its end closes a segment, so that the archive reaches past that second.
    await platen(plugin, 'backup', TENANT.name, '--wait')
    await askDatabase(platform, TENANT, 'truncate meter_reading')
    settled.push(...(await load.take()))
    const since = Date.now()
    await platen(plugin, 'restore', TENANT.name, '--to', to, '--yes')
    await untilReady(platform, TENANT.name, 900_000)
    const whole = Date.now() - since
    const restoredAt = Date.parse(
      (await readTenant(platform, TENANT.name)).status.restore?.at ?? '',
    )
    const seen = await untilReported(load, restoredAt)
    settled.push(...seen)
    const lost = lostOf(settled, await load.received())
    const boundary = boundaryOf(settled, { lost, to: Date.parse(to), restoredAt })
    rows.push([
      'all readings of meters deleted by hand; restored to a second before',
      ...gapsOf(seen, since),
      tenths(whole / 1000),
      `${lost.length} lost, all of after that second: ${boundary.missing} of before it lost, ${boundary.surplus} of after it kept`,
    ])
    recordRows()
    expect(boundary).toEqual({ missing: 0, surplus: 0 })
  })

  it('stored all else exactly once', LONG, async () => {
    const lost = lostOf(settled, await load.received()).length
    const verdicts = await load.prove()
    notes.push(...verdicts.map(lineOf), `Lost by the restore, of these: ${lost}.`)
    recordRows()
    expect(verdicts.at(-1)).toMatchObject({ holds: true })
    expect(verdicts[0]?.figures).toContain(` ${lost} lost, 0 never appended`)
  })
})

async function patch(spec: object): Promise<void> {
  const merge = ['--type=merge', '-p', JSON.stringify({ spec })]
  await management.kubectl(['patch', 'tenant', TENANT.name, ...merge])
}

async function primaryOf(): Promise<KubeObject> {
  let primary: KubeObject | undefined
  await until('there is a primary', async () => {
    primary = (await platform.pods(FRANCE, NAMESPACE)).find(serves)
    return primary ? undefined : 'none runs'
  })
  return primary as KubeObject
}

/** Both are ready: what is struck next has somebody to take over. */
async function untilStandby(): Promise<void> {
  const path = `/apis/postgresql.cnpg.io/v1/namespaces/${NAMESPACE}/clusters`
  await until('all instances are ready', async () => {
    const { items } = await france.rest.call('GET', path)
    const serving = items.find(
      ({ metadata }: KubeObject) => metadata.annotations?.['cnpg.io/hibernation'] !== 'on',
    )
    const { readyInstances = 0, phase = '' } = serving?.status ?? {}
    return readyInstances === INSTANCES && phase === 'Cluster in healthy state'
      ? undefined
      : `${readyInstances} are, ${phase}`
  })
}

/** The instance that was hit, made anew or started again. */
async function untilAnother({ metadata, status }: KubeObject): Promise<void> {
  const struck = postgresOf(status)?.containerID
  await until(`${metadata.name} is there again`, async () => {
    const pods = await platform.pods(FRANCE, NAMESPACE)
    const now = postgresOf(pods.find(pod => pod.metadata.name === metadata.name)?.status)
    return now?.ready && now.containerID !== struck ? undefined : 'it is not'
  })
}

const postgresOf = (status?: KubeObject): KubeObject | undefined =>
  status?.containerStatuses?.find(({ name }: KubeObject) => name === 'postgres')

/** In s, from `since` on: the longest time in which nothing was stored, and in which nothing of one monitor was. */
function gapsOf(seen: Settled[], since: number): string[] {
  const together = seen.map(one => ({ ...one, monitor: 0 }))
  const gaps = [longestGap(together, since, 1), longestGap(seen, since, MONITORS)]
  return gaps.map(ms => tenths(ms / 1000))
}

function recordRows(): void {
  record({
    section: 'CloudNativePG',
    reason: `When the primary of ${INSTANCES} instances is gone the other one takes over, nothing that was acknowledged is lost, and the database is brought back to a second: ${MONITORS} monitors send ${RATE} numbered reports a second each through the edge all the while. No commit for: from the last report that was stored before the fault, or the command, took effect to the first one after it. Whole again: from the fault until all instances are ready, or from the command until all conditions are true.`,
    command: 'npm run test:e2e -- cloud-native-pg',
    table: [
      ['what', 'no commit for s', 'longest gap of a monitor s', 'whole again s', 'seen'],
      ...rows,
    ],
    notes,
  })
}
