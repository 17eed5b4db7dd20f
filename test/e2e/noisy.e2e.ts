import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MANAGEMENT } from '../cluster/clusters.ts'
import { apiOf } from '../cluster/platform/customer.ts'
import { until } from '../cluster/wait.ts'
import { lineOf } from '../faults/proof/verdict.ts'
import { record } from './evidence/evidence.ts'
import { p99 } from './faults/figures.ts'
import { closeTenants, LOADED, openTenants } from './faults/tenants.ts'
import { type Load, startLoad } from './load/load.ts'
import type { Settled } from './load/worker.ts'
import { FLOODS, type FloodKind } from './noisy/floods.ts'
import { askForMemory, cpuSeconds, edgeRefusals, quotaOf } from './noisy/usage.ts'
import { openPlatform } from './platform.ts'

const MONITORS = 10
/** Reports a second of each monitor. */
const RATE = 2
/** Enough reports for a 99th percentile. */
const MEASURED_MS = 60_000
/** Until a flood is at its height, and until nothing is left of it. */
const SETTLING_MS = 10_000
const MOST_MORE = 1.2
const LONG = { timeout: 900_000 }

const platform = openPlatform()
const [NOISY, QUIET] = LOADED

/** What came of one flood. */
interface Result {
  kind: FloodKind
  told: string
  /** Of what floods, of what is measured, and of the edge. */
  cores: number[]
  before: Settled[]
  during: Settled[]
  after: Settled[]
}

let load: Load
const results: Result[] = []
const notes: string[] = []

describe('a tenant that floods', () => {
  beforeAll(async () => {
    await openTenants(platform, LOADED)
    load = await startLoad(platform, QUIET, { monitors: MONITORS, rate: RATE })
    await sleep(SETTLING_MS)
  })
  afterAll(async () => {
    await load?.[Symbol.asyncDispose]()
    await closeTenants(platform, LOADED)
  })

  it.each(FLOODS)('$name are a flood, and it ends', LONG, async kind => {
    const before = await measure()
    const { shortfall, ...flood } = await flooded(kind)
    await untilCalm()
    results.push({ kind, before, ...flood, after: await measure() })
    expect(shortfall, 'what came of it was no flood').toBeUndefined()
  })

  it('hardly makes the other one wait, neither during a flood nor after it', () => {
    expect(results).toHaveLength(FLOODS.length)
    const most = MOST_MORE * quietP99()
    const slow = results.flatMap(({ kind, during, after }) => [
      ...(p99(during) > most ? [`${kind.name}: ${p99(during)} ms`] : []),
      ...(p99(after) > most ? [`after ${kind.name}: ${p99(after)} ms`] : []),
    ])
    expect(slow, `p99 above ${most} ms`).toEqual([])
  })

  it('has a quota that nobody goes past', async () => {
    const refused = await askForMemory(platform, NOISY, '64Gi')
    notes.push(
      `ResourceQuota of ${NOISY.name} after the floods: ${(await quotaOf(platform, NOISY)).join(', ')}.`,
      `The API server to one pod more of ${NOISY.name} that wants 64 GiB (dry run): "${refused}".`,
    )
    expect(refused).toContain('exceeded quota: tenant')
  })

  it('costs the other one no report', LONG, async () => {
    const verdicts = await load.prove()
    record({
      section: 'Noisy neighbour',
      reason: `One tenant's flood is its own: ${NOISY.name} floods for ${MEASURED_MS / 1000} s at a time, while ${MONITORS} monitors of ${QUIET.name}, in the same region and on the same node of two cores, send ${RATE} numbered reports a second each. Its p99 is from a report's making to the answer that it is stored; in ${MEASURED_MS / 1000} s before each flood, all together, it was ${quietP99()} ms.`,
      command: 'npm run test:e2e -- noisy',
      table: [HEAD, ...results.map(rowOf)],
      notes: [
        'What floods runs on the same machine, but only while nobody else wants the CPU (cpu.idle of its control group), and its outboxes are in memory: what is measured is what the flood costs in the platform.',
        ...notes,
        ...verdicts.map(lineOf),
      ],
    })
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([])
  })
})

const HEAD = [
  'flood',
  'what came of it',
  `cores of ${NOISY.name}`,
  `cores of ${QUIET.name}`,
  'cores of the edge',
  'p99 before it, ms',
  'during it',
  'after it',
  'during it, against quiet',
  'after it',
]

function rowOf({ kind, told, cores, before, during, after }: Result): string[] {
  const against = (ms: number) => `${Math.round((100 * ms) / quietP99() - 100)} %`
  const [loud, calm] = [p99(during), p99(after)]
  return [
    kind.name,
    told,
    ...cores.map(one => one.toFixed(2)),
    ...[p99(before), loud, calm].map(String),
    against(loud),
    against(calm),
  ]
}

/** Of all times before a flood together, so that no single one of them is the measure. */
const quietP99 = () => p99(results.flatMap(({ before }) => before))

async function measure(): Promise<Settled[]> {
  await load.take()
  await sleep(MEASURED_MS)
  return await load.take()
}

async function flooded(kind: FloodKind) {
  const refused = await edgeRefusals(platform, NOISY)
  await using flood = await kind.start(platform, NOISY)
  await sleep(SETTLING_MS)
  const [usedBefore, begin] = [await cpuSeconds(platform, MANAGEMENT), Date.now()]
  const during = await measure()
  const [usedAfter, end] = [await cpuSeconds(platform, MANAGEMENT), Date.now()]
  const namespaces = [NOISY, QUIET].map(({ name }) => `tenant-${name}`)
  const cores = [...namespaces, `platen-region-${NOISY.region.name}`].map(namespace => {
    const used = (usedAfter.get(namespace) ?? 0) - (usedBefore.get(namespace) ?? 0)
    return (1000 * used) / (end - begin)
  })
  const { told, shortfall } = await flood.stop()
  const more = Object.entries(await edgeRefusals(platform, NOISY))
    .map(([entrance, count]) => `${count - (refused[entrance] ?? 0)} on ${entrance}`)
    .join(', ')
  return { during, cores, told: `${told}; the edge refused ${more}`, shortfall }
}

/** The flooded tenant answers again, whatever the flood has done to it. */
async function untilCalm(): Promise<void> {
  const management = platform.cluster(MANAGEMENT)
  await until(`the API of ${NOISY.name} answers`, async () => {
    const api = await apiOf(NOISY, management, platform.cluster(NOISY.region.cluster))
    await api.query('{ __typename }')
    return undefined
  })
  await sleep(SETTLING_MS)
}
