import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TENANTS, type TenantPlan } from '../cluster/platform/places.ts'
import { lineOf, type Verdict } from '../faults/proof/verdict.ts'
import { record } from './evidence/evidence.ts'
import { cutFault, type Fault, faultsOf } from './faults/faults.ts'
import { longestGap, p99, recovery } from './faults/figures.ts'
import { limitVolume } from './faults/small-volume.ts'
import { closeTenants, LOADED, openTenants, planOf } from './faults/tenants.ts'
import { type Load, startLoad } from './load/load.ts'
import { untilReported } from './load/until-reported.ts'
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
const MEASURED_MS = 60_000
/** Before each fault, when nothing is wrong. */
const QUIET_MS = 20_000
const MOST_MORE = 1.2
const FULL_MS = 30_000

const platform = openPlatform()
const [HIT] = LOADED
const ABROAD: TenantPlan = planOf('load-c', 'FR')
const customer = TENANTS.find(({ region }) => region.name === HIT.region.name) ?? HIT

const faults = faultsOf(platform, { tenant: HIT, customer, times: TIMES })
const cut = cutFault(platform, ABROAD.region)

/** What came of one fault, in ms. */
interface Result {
  fault: Fault
  durations: number[]
  recoveries: number[]
  /** Until what was hit worked again. */
  repairs: number[]
  longestGap: number
  /** p99 of the other tenant. */
  other: number
}

let loads: [Load, Load, Load]
/** Of the other tenant: of all times before a fault together, so that its base does not depend on one of them. */
const quiet: Settled[] = []
/** What was settled of each load since the last fault began. */
const seen = new Map<Load, Settled[]>()
const results: Result[] = []

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
    await sleep(QUIET_MS)
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
    const gap = results.at(-1)?.longestGap
    expect(gap, 'the full volume kept nothing from being stored').toBeGreaterThan(FULL_MS / 2)
  })

  it(cut.name, { timeout: 900_000 }, () => show(cut, loads[2]))

  it('stored every report exactly once, in all tenants', { timeout: 600_000 }, async () => {
    const verdicts = (await Promise.all(loads.map(load => load.prove()))).flat()

    recordResults(verdicts)
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([])
  })

  it("raised the other tenant's p99 by less than a fifth", () => {
    const most = MOST_MORE * p99(quiet)
    const noticed = results.filter(({ fault, other }) => !fault.hitsAll && other > most)
    expect(noticed.map(({ fault, other }) => `${fault.name}: ${other} ms`)).toEqual([])
  })

  async function show(fault: Fault, struck: Load): Promise<void> {
    // The fault before may have hit them all.
    await Promise.all(loads.map(load => untilReported(load, Date.now())))
    quiet.push(...(await madeWithin(loads[1], QUIET_MS)))
    const result = await strikeOften(fault, struck)
    results.push(result)
    recordResults()
    expect(Math.max(...result.recoveries), 'every monitor came back').toBeLessThan(120_000)
  }

  async function strikeOften(fault: Fault, struck: Load): Promise<Result> {
    const [durations, recoveries, repairs]: [number[], number[], number[]] = [[], [], []]
    await Promise.all(loads.map(gather))
    seen.clear()
    const begin = Date.now()
    for (let count = 0; count < fault.times; count += 1) {
      const since = Date.now()
      await fault.strike()
      const end = Date.now()
      durations.push(end - since)
      const [recovered, repaired] = await Promise.all([
        untilRecovered(struck, end),
        untilWorks(fault, end),
      ])
      recoveries.push(recovered)
      repairs.push(repaired)
      if (count + 1 < fault.times) await sleep(PAUSE_MS)
    }
    await sleep(Math.max(0, begin + MEASURED_MS - Date.now()))
    await Promise.all(loads.map(gather))
    const gap = longestGap(seen.get(struck) ?? [], begin, struck.monitors)
    const other = p99(seen.get(loads[1]) ?? [])
    return { fault, durations, recoveries, repairs, longestGap: gap, other }
  }
})

const HEAD = [
  'fault',
  'times',
  'lasts s',
  'works again, worst s',
  'every monitor again, median s',
  'every monitor again, worst s',
  'longest gap s',
  "other tenant's p99 ms",
  'against quiet',
]

function rowOf({ fault, durations, recoveries, repairs, longestGap: gap, other }: Result) {
  return [
    fault.name,
    `${fault.times}`,
    seconds(median(durations)),
    fault.untilWorks ? seconds(Math.max(...repairs)) : '-',
    seconds(median(recoveries)),
    seconds(Math.max(...recoveries)),
    seconds(gap),
    ...(fault.hitsAll
      ? ['-', 'is hit too']
      : [`${other}`, `${Math.round((100 * other) / p99(quiet) - 100)} %`]),
  ]
}

const seconds = (ms: number) => tenths(ms / 1000)

const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0

/** What a load makes from now on for so long, as far as it is settled by then: nothing that waited for something before. */
async function madeWithin(load: Load, ms: number): Promise<Settled[]> {
  const since = Date.now()
  await sleep(ms)
  return (await load.take()).filter(({ appendedAt }) => appendedAt >= since)
}

async function gather(load: Load): Promise<void> {
  keep(load, await load.take())
}

function keep(load: Load, settled: Settled[]): void {
  seen.set(load, [...(seen.get(load) ?? []), ...settled])
}

/** ms until every monitor had a report stored that it made since. */
async function untilRecovered(load: Load, since: number): Promise<number> {
  const settled = await untilReported(load, since)
  keep(load, settled)
  return recovery(settled, since, load.monitors)
}

/** ms until what was hit works again. */
async function untilWorks(fault: Fault, since: number): Promise<number> {
  if (!fault.untilWorks) return 0
  await fault.untilWorks()
  return Date.now() - since
}

/** After each fault: a run that is cut short tells what it has seen. */
function recordResults(verdicts?: Verdict[]): void {
  const proof = verdicts?.map(lineOf) ?? [
    'Cut short: the databases were not held against what was sent.',
  ]
  record({
    section: 'Faults under load',
    reason: `What breaks is made good, and nothing is lost or doubled: ${MONITORS} monitors of each of two tenants in one region, and ${MONITORS_ABROAD} of a third one in another, send ${RATE} numbered reports a second each through the edge while parts of one tenant, of the region or of the node fail. Works again: from the end of the fault until the container was started again and is ready, the node tells what runs on it, or the operator reaches the region again, which it had noticed not to. Every monitor again: until each one of the struck tenant had a newer report stored. The other tenant's p99 is from a report's making to the answer that it is stored; in ${QUIET_MS / 1000} s before each fault, all together, it was ${p99(quiet)} ms.`,
    command: 'npm run test:e2e -- faults',
    table: [HEAD, ...results.map(rowOf)],
    notes: [
      ...proof,
      'A container that was killed is started again after 1 s (maxContainerRestartPeriod of this kubelet); where it is not set, after 10 s, 20 s, 40 s and so on, 5 minutes at most, if it has run for less than ten minutes.',
      `Reports do not need every part: of an API, a keeper of backups, an agent or an operator that is killed they notice nothing. The monitor on site is that of ${customer.name}, whose pod was killed; the monitors of the load run outside of the clusters, and do not pass the way that is cut.`,
      'The full volume is a filesystem of 1 GiB that is mounted for it: volumes are folders of the node otherwise.',
    ],
  })
}
