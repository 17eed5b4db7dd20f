import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRANCE, MANAGEMENT } from '../cluster/clusters.ts'
import { TENANTS, type TenantPlan } from '../cluster/platform/places.ts'
import { run } from '../cluster/run.ts'
import { until } from '../cluster/wait.ts'
import type { Plugin } from '../kubectl/support/plugin.ts'
import { loseDatabase } from './backup/destroy.ts'
import { boundaryOf, lostOf, reachOf, without } from './backup/loss.ts'
import { record } from './evidence/evidence.ts'
import { recovery } from './faults/figures.ts'
import { closeTenants, LOADED, openTenants } from './faults/tenants.ts'
import { askDatabase, countOf } from './load/database.ts'
import { type Load, startLoad } from './load/load.ts'
import { untilReported } from './load/until-reported.ts'
import type { Settled } from './load/worker.ts'
import { openPlatform } from './platform.ts'
import { archivedAt, bucketOf } from './support/bucket.ts'
import { readTenant, untilReady } from './support/conditions.ts'
import { openPlugin, platen } from './support/plugin.ts'
import { secondsSince, tenths } from './support/stopwatch.ts'

const MONITORS = 10
const RATE = 2
/** What may be lost, and how long a segment takes to the object store. */
const MOST_LOST_S = 60 + 5
const LOADED_MS = 90_000
const NOW = `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as now`
const LUMIERE = TENANTS[2] as TenantPlan

const platform = openPlatform()
const management = platform.cluster(MANAGEMENT)
const [TENANT] = LOADED
const rows: string[][] = []
const notes: string[] = []
const settled: Settled[] = []
let lost: Settled[] = []
let plugin: Plugin
let load: Load
/** The folder of its backups in the bucket. */
let prefix = ''
let uid = ''

beforeAll(async () => {
  plugin = await openPlugin(platform)
  await openTenants(platform, [TENANT])
  await untilReady(platform, TENANT.name)
  uid = (await readTenant(platform, TENANT.name)).metadata.uid
  prefix = `${TENANT.name}/database-${uid.slice(0, 8)}`
  load = await startLoad(platform, TENANT, { monitors: MONITORS, rate: RATE })
  await platen(plugin, 'backup', TENANT.name, '--wait')
}, 1_200_000)
afterAll(async () => {
  await load?.[Symbol.asyncDispose]()
  await closeTenants(platform, [TENANT])
  plugin?.[Symbol.dispose]()
}, 600_000)

/** In whole seconds, as RFC 3339. */
const timeOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`

interface Restored {
  /** ms since 1970: nobody had written to what is there now before, and nobody wrote to what was there after. */
  at: number
  /** In seconds: until Ready, and until every monitor had a newer report stored. */
  ready: number
  reporting: number
}

async function restore(to: string): Promise<Restored> {
  const since = Date.now()
  await platen(plugin, 'restore', TENANT.name, '--to', to, '--yes')
  await untilReady(platform, TENANT.name, 600_000)
  const ready = secondsSince(since)
  const at = Date.parse((await readTenant(platform, TENANT.name)).status.restore?.at ?? '')
  const seen = await untilReported(load, at)
  settled.push(...seen)
  const newer = seen.filter(one => one.settledAt >= at)
  return { at, ready, reporting: recovery(newer, since, MONITORS) / 1000 }
}

/** What this case has lost. */
async function newlyLost(): Promise<Settled[]> {
  const all = lostOf(settled, await load.received())
  const fresh = without(all, lost)
  lost = all
  return fresh
}

describe('backup and restore under load', () => {
  it('data deleted by hand, restored to a second', { timeout: 1_800_000 }, async () => {
    await sleep(LOADED_MS)
    const [clock] = await askDatabase<{ now: string }>(platform, TENANT, NOW)
    const to = Date.parse(clock?.now ?? '')
    await until('the archive has it', async () =>
      archivedAt(MANAGEMENT, prefix) > to + 2_000 ? undefined : 'it does not reach so far',
    )
    await askDatabase(platform, TENANT, 'truncate meter_reading')
    settled.push(...(await load.take()))
    const { at: restoredAt, ready, reporting } = await restore(timeOf(to))
    const gone = await newlyLost()
    const boundary = boundaryOf(settled, { lost: gone, to, restoredAt })
    const readings = await countOf(platform, TENANT, 'meter_reading')
    rows.push([
      'all readings of meters deleted by hand; restored to a second before',
      timeOf(to),
      tenths(ready),
      tenths(reporting),
      `${gone.length}, all of after that second`,
      `${boundary.missing} of before it lost, ${boundary.surplus} of after it kept`,
    ])
    recordRows()
    expect(boundary).toEqual({ missing: 0, surplus: 0 })
    expect(readings).toBeGreaterThan(0)
  })

  it('volume, claim and pod lost, restored to the last', { timeout: 1_800_000 }, async () => {
    await platen(plugin, 'backup', TENANT.name, '--wait')
    await sleep(LOADED_MS)
    const destroyedAt = await loseDatabase(platform, TENANT)
    // The segment was closed some moments before it arrived, and PostgreSQL refuses a time after its last commit.
    const to = archivedAt(MANAGEMENT, prefix) - 2_000
    const { ready, reporting } = await restore(timeOf(to))
    const gone = await newlyLost()
    const reach = reachOf(gone, destroyedAt)
    rows.push([
      'all processes killed, volume, claim and pod gone; only the object store is left',
      timeOf(to),
      tenths(ready),
      tenths(reporting),
      `${gone.length} of ${settled.filter(one => one.settledAt <= destroyedAt).length} acknowledged until then`,
      `the first of them ${tenths(reach)} s before the end; the restore goes back ${tenths((destroyedAt - to) / 1000)} s`,
    ])
    recordRows()
    expect(reach).toBeLessThan(MOST_LOST_S)
  })

  it('stored all else exactly once', { timeout: 900_000 }, async () => {
    const verdicts = await load.prove()
    settled.push(...(await load.take()))
    const again = await newlyLost()
    notes.push(
      ...verdicts.map(({ what, figures }) => `${what}: ${figures}`),
      `Of the reports that the first of these lines calls lost, ${lost.length} are those of the two cases, and ${again.length} others.`,
    )
    recordRows()
    expect(again).toEqual([])
    expect(verdicts.at(-1)).toMatchObject({ holds: true })
    expect(verdicts[0]?.figures).toContain(` ${lost.length} lost, 0 never appended`)
  })
})

describe('restore abroad', () => {
  const refusals: string[] = []
  afterAll(async () => {
    rmSync(join(bucketOf(FRANCE), TENANT.name), { recursive: true, force: true })
    const patch = JSON.stringify({ spec: { restore: null } })
    await management.kubectl(['patch', 'tenant', LUMIERE.name, '--type=merge', '-p', patch])
    await untilReady(platform, LUMIERE.name, 600_000)
  }, 900_000)

  it('is refused, by every hand', { timeout: 1_800_000 }, async () => {
    const before = await countOf(platform, LUMIERE, 'device')
    const to = timeOf(Date.now())
    const asked = ['restore', LUMIERE.name, '--to', to, '--from', TENANT.name, '--yes']
    const { status, err } = await plugin.run(asked)
    refusals.push(`kubectl platen: ${err.trim().split('\n').at(-1)}`)
    refusals.push(`the operator, past it: ${await refusalOf(to)}`)

    const from = join(bucketOf(MANAGEMENT), prefix)
    const stolen = join(bucketOf(FRANCE), prefix)
    mkdirSync(dirname(stolen), { recursive: true })
    await run('cp', ['--archive', from, stolen])
    const forged = await refusalOf(timeOf(Date.now()))
    refusals.push(`with a copy of that backup in the region's own bucket: ${forged}`)
    let after = Number.NaN
    await until('the database serves again', async () => {
      after = await countOf(platform, LUMIERE, 'device')
      return undefined
    })
    for (const refusal of refusals) {
      rows.push([`${LUMIERE.name} (FR) from ${TENANT.name} (DE)`, to, '-', '-', '0', refusal])
    }
    recordRows()
    expect(status).not.toBe(0)
    expect(refusals[0]).toContain('the data is of DE, and stays there')
    expect(refusals[1]).toContain('there are no backups')
    expect(refusals[2]).toContain('the backup is of the country DE, and this tenant of FR')
    expect(after).toBe(before)
  })

  /** Of spec.restore, set by hand. */
  async function refusalOf(to: string): Promise<string> {
    const patch = JSON.stringify({
      spec: { restore: { to, from: { tenant: TENANT.name, uid } } },
    })
    const before = (await readTenant(platform, LUMIERE.name)).status.restore?.id
    await management.kubectl(['patch', 'tenant', LUMIERE.name, '--type=merge', '-p', patch])
    let message = ''
    await until('the restore is refused', async () => {
      const { restore: told } = (await readTenant(platform, LUMIERE.name)).status
      message = told?.message ?? ''
      const isNew = told?.id !== before && told?.state === 'Refused'
      return isNew ? undefined : `${told?.state}`
    })
    return message
  }
})

function recordRows(): void {
  record({
    section: 'Backup and restore',
    reason: `What a tenant's database held is brought back to a second; when its disk is lost, what is lost is at most what was acknowledged in the last 60 seconds, and the time that a segment takes to the object store; and no backup is restored in another country. ${MONITORS} monitors send ${RATE} numbered reports a second each through the edge all the while; a report is lost when its monitor had been told that it is stored, and the database does not have it.`,
    command: 'npm run test:e2e -- backup',
    table: [
      ['case', 'restored to', 'ready after s', 'every monitor reports after s', 'lost', 'seen'],
      ...rows,
    ],
    notes: [
      'Both times are counted from the command `kubectl platen restore`.',
      'How much the lost disk costs is a matter of chance: of how long ago the last segment was sent.',
      ...notes,
    ],
  })
}
