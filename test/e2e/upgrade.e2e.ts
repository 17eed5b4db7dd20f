import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLUSTERS, MANAGEMENT } from '../cluster/clusters.ts'
import { DE, REGIONS } from '../cluster/platform/places.ts'
import type { Release } from '../cluster/platform/resources.ts'
import { until } from '../cluster/wait.ts'
import { lineOf } from '../faults/proof/verdict.ts'
import { record } from './evidence/evidence.ts'
import { closeTenants, LOADED, openTenants } from './faults/tenants.ts'
import { type Load, startLoad } from './load/load.ts'
import { type Noticed, underLoad } from './load/under-load.ts'
import { openPlatform } from './platform.ts'
import { tagRelease, untagRelease } from './support/images.ts'
import { tenths } from './support/stopwatch.ts'
import { begun, mostAtOnce } from './upgrade/history.ts'
import { livesIn } from './upgrade/lives.ts'
import { operatorRelease, upgradeOperator } from './upgrade/operator.ts'
import { conditionOf, reasonOf, rolloutOf } from './upgrade/rollout.ts'

const MONITORS = 10
/** Reports a second of each monitor. */
const RATE = 2
const LONGEST_GAP_MS = 120_000
const LONG = { timeout: 1_800_000 }

/** Tags of this test's own; the platform goes back from them to what it ran. */
const PREFIX = 'upgrade-'
const [NEXT, NO_MIGRATION, NO_INGEST] = ['next', 'no-migration', 'no-ingest'].map(
  name => `${PREFIX}${name}`,
) as [string, string, string]

const platform = openPlatform()
const rollout = rolloutOf(platform, DE)
const [FIRST] = LOADED
const NAMESPACE = `tenant-${FIRST.name}`

interface Found {
  release: Release
  rollout: object
  operator: Release
}

let found: Found | undefined
let loads: Load[] = []
const rows: string[][] = []

describe('upgrades under load', () => {
  beforeAll(async () => {
    found = await whatRuns()
    await tagRelease(MANAGEMENT, found.release, NEXT)
    // PostgreSQL's image knows neither program: what is started in it ends at once.
    await tagRelease(MANAGEMENT, found.release, NO_MIGRATION, { api: 'database' })
    await tagRelease(MANAGEMENT, found.release, NO_INGEST, { ingest: 'database' })
    await openTenants(platform, LOADED)
    await rollout.untilAllRun(found.release.version)
    await rollout.set({ rollout: { maxConcurrent: 1, onFailure: 'Pause' } })
    const options = { monitors: MONITORS, rate: RATE }
    loads = await Promise.all(LOADED.map(tenant => startLoad(platform, tenant, options)))
  }, LONG.timeout)

  afterAll(async () => {
    for (const load of loads) await load[Symbol.asyncDispose]()
    if (!found) return
    const { release, rollout: limits, operator } = found
    await rollout.set({ images: { version: release.version }, rollout: limits })
    await upgradeOperator(platform, operator, await objects())
    await rollout.untilAllRun(release.version)
    await closeTenants(platform, LOADED)
    for (const version of [NEXT, NO_MIGRATION, NO_INGEST]) {
      await untagRelease(MANAGEMENT, { ...release, version })
    }
  }, LONG.timeout)

  it('a new version reaches one tenant after the other', LONG, async () => {
    await using following = rollout.follow()
    const noticed = await underLoad(loads, async () => {
      await rollout.set({ images: { version: NEXT } })
      await rollout.untilAllRun(NEXT)
    })
    const order = begun(following.history)
    const most = mostAtOnce(following.history)
    tell('new version', noticed, `${order.join(', ')}: ${most} at a time`)
    expect(most, 'as many as the slots allow').toBe(1)
    expect(order.toSorted()).toEqual(await names())
    expectShort(noticed)
  })

  it.each([
    {
      what: 'bad version: its migrations fail',
      version: NO_MIGRATION,
      untilBroken: () => untilPaused(),
      others: 'RolloutPaused',
    },
    {
      what: 'bad version: its ingest ends at once',
      version: NO_INGEST,
      untilBroken: () => untilIngestFails(),
      others: 'WaitingForTurn',
    },
  ])('$what: it stops at the first tenant', LONG, async ({ what, version, ...expected }) => {
    const before = await livesOfOthers()
    await using following = rollout.follow()
    const noticed = await underLoad(loads, async () => {
      await rollout.setWithFirst(FIRST.name, { images: { version } })
      await expected.untilBroken()
      await until(`the others stop: ${expected.others}`, () => whyNotHeld(expected.others))
      await rollout.set({ images: { version: NEXT } })
      await rollout.untilAllRun(NEXT)
    })
    const order = begun(following.history)
    tell(what, noticed, `only ${order.join(', ')} was changed, and went back`)
    expect(order).toEqual([FIRST.name])
    expect(await livesOfOthers(), 'containers of the others').toEqual(before)
    expectShort(noticed)
  })

  it('a new operator restarts nothing', LONG, async () => {
    const before = await livesIn(platform, CLUSTERS)
    const noticed = await underLoad(loads, async () => {
      const { operator } = found as Found
      await upgradeOperator(platform, { ...operator, version: NEXT }, await objects())
    })
    const after = await livesIn(platform, CLUSTERS)
    tell('new operator', noticed, `${after.length} containers live on`)
    expect(after).toEqual(before)
    expect(after.length).toBeGreaterThan(10)
    expectShort(noticed)
  })

  it('stored every report exactly once, in both tenants', LONG, async () => {
    const verdicts = (await Promise.all(loads.map(load => load.prove()))).flat()

    record({
      section: 'Upgrade under load',
      reason: `New versions of what tenants run, and of the operator, cost monitors seconds and no report, and a bad one stops where it began: ${MONITORS} monitors of each of two tenants send ${RATE} numbered reports a second each through the edge meanwhile. Region de changes one tenant at a time (rollout.maxConcurrent: 1). Gap: the longest time in which nothing of one of a tenant's monitors was stored.`,
      command: 'npm run test:e2e -- upgrade',
      table: [
        ['what', 'seconds', ...LOADED.map(({ name }) => `longest gap of ${name}, s`), 'outcome'],
        ...rows,
      ],
      notes: [
        ...verdicts.map(lineOf),
        'Versions are the same images under other tags, so that each version replaces every container: database, ingest and API of a tenant when its turn has come, and the edge at once. In a bad version PostgreSQL is in the place of the image that fails.',
        `A bad version meets ${FIRST.name} first: the others are paused until it has begun, and then wait for their turn.`,
        'The Job that migrates gives up after three tries; then nobody else begins (RolloutPaused). Pods that never get ready are given up after 10 minutes, which was not waited for: until then the slot is taken and the old ingest serves on.',
      ],
    })
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([])
  })
})

async function whatRuns(): Promise<Found> {
  const { spec } = await rollout.region()
  const { registry, version } = spec.images
  if (version.startsWith(PREFIX)) {
    throw new Error(
      `cannot tell what ran before ${version}: an earlier test was ended; set images.version of Region ${DE.name} to the release that npm run cluster made`,
    )
  }
  return {
    release: { registry, version },
    rollout: spec.rollout,
    operator: await operatorRelease(platform),
  }
}

async function names(): Promise<string[]> {
  return (await rollout.tenants()).map(({ metadata }) => metadata.name).sort()
}

/** How many there are in all clusters. */
async function objects() {
  const path = '/apis/platen.dev/v1alpha1/tenants'
  const { items } = await platform.cluster(MANAGEMENT).rest.call('GET', path)
  return { Tenant: items.length, Region: REGIONS.length }
}

/** Of the region's other tenants; the edge is changed for all at once. */
async function livesOfOthers(): Promise<string[]> {
  const lives = await livesIn(platform, [MANAGEMENT])
  return lives.filter(line => line.startsWith('tenant-') && !line.startsWith(`${NAMESPACE} `))
}

async function untilPaused(): Promise<void> {
  await until('the rollout is paused', async () => {
    const paused = conditionOf(await rollout.region(), 'RolloutPaused')
    const isSo = paused?.status === 'True' && paused.message.includes(FIRST.name)
    return isSo ? undefined : `${paused?.reason} ${paused?.message}`
  })
}

const RESTARTS = 3
const HELD_MS = 30_000

/** And a while longer, in which somebody else could begin. */
async function untilIngestFails(): Promise<void> {
  await until(`the new ingest has ended ${RESTARTS} times`, async () => {
    const pods = await platform.pods(MANAGEMENT, NAMESPACE, 'ingest')
    const statuses = pods.flatMap(({ status }) => status.containerStatuses ?? [])
    const most = Math.max(0, ...statuses.map(({ restartCount }) => restartCount))
    return most >= RESTARTS ? undefined : `${most} times so far`
  })
  await sleep(HELD_MS)
}

async function whyNotHeld(reason: string): Promise<string | undefined> {
  const others = (await rollout.tenants()).filter(({ metadata }) => metadata.name !== FIRST.name)
  const wrong = others.find(tenant => reasonOf(tenant) !== reason)
  return wrong && `${wrong.metadata.name}: ${reasonOf(wrong)}`
}

function tell(what: string, { ms, gaps }: Noticed, outcome: string): void {
  const seconds = [ms, ...gaps].map(one => tenths(one / 1000))
  rows.push([what, ...seconds, outcome])
}

function expectShort({ gaps }: Noticed): void {
  expect(Math.max(...gaps), 'longest gap of a monitor').toBeLessThan(LONGEST_GAP_MS)
}
