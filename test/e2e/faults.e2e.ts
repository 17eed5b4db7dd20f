import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRANCE, MANAGEMENT } from '../cluster/clusters.ts'
import type { TenantPlan } from '../cluster/platform/places.ts'
import { lineOf, type Verdict } from '../faults/proof/verdict.ts'
import { record } from './evidence/evidence.ts'
import { cutBetween, type Fault, faultsOf } from './faults/faults.ts'
import { longestGap, p99, recovery } from './faults/figures.ts'
import { limitVolume } from './faults/small-volume.ts'
import { closeTenants, LOADED, openTenants, planOf } from './faults/tenants.ts'
import { type Load, startLoad } from './load/load.ts'
import type { Settled } from './load/worker.ts'
import { openPlatform } from './platform.ts'
import { tenths } from './support/stopwatch.ts'

const MONITORS = 10
/** Reports a second of each monitor: the machine has to have time left, or else all wait for one another without any fault. */
const RATE = 1
/** Of the tenant in the other cluster, which nothing but the cut hits. */
const MONITORS_ABROAD = 2
const TIMES = Number(process.env.PLATEN_FAULT_TIMES ?? 10)
/** Between two kills of the same container: a connection that stood so long was good, and monitors come back from it at once. */
const PAUSE_MS = 11_000
/** Enough reports for a 99th percentile. */
const QUIET_MS = 60_000
const MOST_MORE = 1.2
const FULL_MS = 30_000
const CUT_MS = 120_000

const platform = openPlatform()
const [HIT] = LOADED
const ABROAD: TenantPlan = planOf('load-c', 'FR')

const faults = faultsOf(platform, HIT, TIMES)
const cut: Fault = {
  name: 'france cut from management',
  times: 1,
  strike: () => cutBetween(FRANCE, MANAGEMENT, CUT_MS),
}

let loads: [Load, Load, Load]
let quiet = Number.NaN
/** What was settled of each load since the last fault began. */
const seen = new Map<Load, Settled[]>()
const rows: string[][] = []
/** Faults of one tenant that the other one noticed more than it may. */
const noticed: string[] = []

describe('faults under load', () => {
  beforeAll(async () => {
    const tenants = [...LOADED, ABROAD]
    await openTenants(platform, tenants)
    const options = { monitors: MONITORS, rate: RATE }
    loads = await Promise.all([
      startLoad(platform, LOADED[0], options),
      startLoad(platform, LOADED[1], options),
      startLoad(platform, ABROAD, { monitors: MONITORS_ABROAD, rate: RATE }),
    ])
    await sleep(QUIET_MS / 3)
    await loads[1].take()
    await sleep(QUIET_MS)
    quiet = p99(await loads[1].take())
  })
  afterAll(async () => {
    for (const load of loads ?? []) await load[Symbol.asyncDispose]()
    await closeTenants(platform, [...LOADED, ABROAD])
  })

  it.each(faults)('$name, $times times', { timeout: 900_000 }, fault => show(fault, loads[0]))

  it("database's volume full", { timeout: 900_000 }, async () => {
    await using volume = await limitVolume(platform, HIT)
    await untilRecovered(loads[0], Date.now())
    const strike = async () => {
      await volume.fill()
      await sleep(FULL_MS)
      await volume.free()
    }
    await show({ name: "database's volume full", times: 1, strike }, loads[0])
    const gap = longestGap(seen.get(loads[0]) ?? [], MONITORS)
    expect(gap, 'the full volume kept nothing from being stored').toBeGreaterThan(FULL_MS / 2)
  })

  it(cut.name, { timeout: 900_000 }, () => show(cut, loads[2]))

  it('stored every report exactly once, in all tenants', { timeout: 600_000 }, async () => {
    const verdicts = (await Promise.all(loads.map(load => load.prove()))).flat()

    recordRows(verdicts)
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([])
    expect(noticed, "faults that raise the other tenant's p99 by more than 20 %").toEqual([])
  })

  async function show(fault: Fault, struck: Load): Promise<void> {
    const { durations, recoveries } = await strikeOften(fault, struck)
    const other = p99(seen.get(loads[1]) ?? [])
    if (!fault.hitsAll && other > MOST_MORE * quiet) noticed.push(`${fault.name}: ${other} ms`)
    rows.push([
      fault.name,
      `${fault.times}`,
      seconds(median(durations)),
      seconds(median(recoveries)),
      seconds(Math.max(...recoveries)),
      seconds(longestGap(seen.get(struck) ?? [], struck.monitors)),
      ...(fault.hitsAll
        ? ['', 'is hit too']
        : [`${other}`, `${Math.round((100 * other) / quiet - 100)} %`]),
    ])
    recordRows()
    expect(Math.max(...recoveries), 'every monitor came back').toBeLessThan(120_000)
  }

  async function strikeOften({ times, strike }: Fault, struck: Load) {
    const durations: number[] = []
    const recoveries: number[] = []
    await Promise.all(loads.map(gather))
    seen.clear()
    const begin = Date.now()
    for (let count = 0; count < times; count += 1) {
      const since = Date.now()
      await strike()
      const end = Date.now()
      durations.push(end - since)
      recoveries.push(await untilRecovered(struck, end))
      if (count + 1 < times) await sleep(PAUSE_MS)
    }
    await sleep(Math.max(0, begin + QUIET_MS - Date.now()))
    await Promise.all(loads.map(gather))
    return { durations, recoveries }
  }
})

const HEAD = [
  'fault',
  'times',
  'lasts s',
  'recovery, median s',
  'recovery, worst s',
  'longest gap s',
  "other tenant's p99 ms",
  'against quiet',
]

const seconds = (ms: number) => tenths(ms / 1000)

const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0

async function gather(load: Load): Promise<Settled[]> {
  const all = [...(seen.get(load) ?? []), ...(await load.take())]
  seen.set(load, all)
  return all
}

/** ms until every monitor had a report stored that it made since. */
async function untilRecovered(load: Load, since: number): Promise<number> {
  const deadline = Date.now() + 180_000
  for (;;) {
    const taken = recovery(await gather(load), since, load.monitors)
    if (Number.isFinite(taken) || Date.now() > deadline) return taken
    await sleep(200)
  }
}

/** After each fault: a run that is cut short tells what it has seen. */
function recordRows(verdicts?: Verdict[]): void {
  const proof = verdicts?.map(lineOf) ?? [
    'Cut short: the databases were not held against what was sent.',
  ]
  record({
    section: 'Faults under load',
    reason: `What breaks is made good, and nothing is lost or doubled: ${MONITORS} monitors of each of two tenants in one region, and ${MONITORS_ABROAD} of a third one in another, send ${RATE} numbered reports a second each through the edge while parts of one tenant, of the region or of the node fail. Recovery: from the end of the fault until every monitor of the struck tenant had a newer report stored. The other tenant's p99 is from a report's making to the answer that it is stored; without a fault it was ${quiet} ms.`,
    command: 'npm run test:e2e -- faults',
    table: [HEAD, ...rows],
    notes: [
      ...proof,
      'A container that was killed is started again after 1 s (maxContainerRestartPeriod of this kubelet); where it is not set, after 10 s, 20 s, 40 s and so on, 5 minutes at most, if it has run for less than ten minutes.',
      'The full volume is a filesystem of 1 GiB that is mounted for it: volumes are folders of the node otherwise.',
    ],
  })
}
