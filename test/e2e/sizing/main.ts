import { setTimeout as delay } from 'node:timers/promises'
import { DEVICES } from '../../bench/reports.ts'
import { MANAGEMENT } from '../../cluster/clusters.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { until } from '../../cluster/wait.ts'
import { untilStopped } from '../../support/until-stopped.ts'
import { closeTenants, openTenants, planOf } from '../faults/tenants.ts'
import { askDatabase } from '../load/database.ts'
import { openPlatform, type Platform } from '../platform.ts'
import { enrolOffices } from './offices.ts'
import { type Options, readOptions } from './options.ts'
import { partsOf } from './parts.ts'
import { type DatabaseSize, report } from './report.ts'
import { milliCpuBetween, type Usage, usageOf } from './usage.ts'

// npm run bench:sizing; see docs/operations.md

const TENANT = planOf('sizing')

const options = readOptions()
try {
  process.exitCode =
    typeof options === 'number' ? options : await untilStopped(stopped => bench(options, stopped))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
process.exit() // connections to API servers would keep it

/** On the platform that npm run cluster has brought up. */
async function bench(options: Options, stopped: Promise<never>): Promise<void> {
  const platform = openPlatform()
  progress(`making the tenant ${TENANT.name}`)
  try {
    await Promise.race([measure(platform, options), stopped])
  } finally {
    progress(`deleting the tenant ${TENANT.name}`)
    await closeTenants(platform, [TENANT])
  }
}

async function measure(platform: Platform, { monitors, minutes, backlog }: Options): Promise<void> {
  await openTenants(platform, [TENANT])
  await untilBackedUp(platform, TENANT)
  await using offices = await enrolOffices(platform, TENANT, monitors)
  const devices = monitors * DEVICES
  progress(`measuring for ${minutes} min while nobody reports`)
  const idle = await useDuring(platform, minutes)
  await offices.open()
  progress(`measuring for ${minutes} min while ${devices} devices do`)
  const loaded = await useDuring(platform, minutes)
  progress(`sending ${backlog} reports`)
  const before = await databaseSize(platform)
  await offices.send(backlog)
  const disk = { before, after: await databaseSize(platform), reports: backlog }
  const measured = partsOf(TENANT).map((part, index) => ({
    part,
    idle: idle[index] as Mean,
    loaded: loaded[index] as Mean,
  }))
  process.stdout.write(`${report({ devices, measured, disk })}\n`)
}

/** The first backup is no part of rest. */
async function untilBackedUp(platform: Platform, { name }: TenantPlan): Promise<void> {
  const path = `/api/v1/namespaces/tenant-${name}/pods/database-0/log?container=backup`
  await until('the first backup is made', async () => {
    const log = await platform.cluster(TENANT.region.cluster).rest.text(path)
    return /^platen: done: /m.test(log) ? undefined : 'the container backup has not said so'
  })
}

interface Mean {
  cpu: number
  memory: number
}

/** In the order of the parts. */
async function useDuring(platform: Platform, minutes: number): Promise<Mean[]> {
  const before = await useNow(platform)
  await delay(minutes * 60_000)
  const after = await useNow(platform)
  return after.map((usage, index) => ({
    cpu: milliCpuBetween(before[index] as Usage, usage),
    memory: usage.workingSet,
  }))
}

async function useNow(platform: Platform): Promise<Usage[]> {
  const path = `/api/v1/nodes/${MANAGEMENT.name}/proxy/stats/summary`
  const summary = await platform.cluster(MANAGEMENT).rest.call('GET', path)
  return partsOf(TENANT).map(part => usageOf(summary, part))
}

async function databaseSize(platform: Platform): Promise<DatabaseSize> {
  const [size] = await askDatabase<DatabaseSize>(platform, TENANT, SIZE)
  if (!size) throw new Error('cannot measure: the database does not tell its size')
  return size
}

const SIZE = `
  SELECT pg_database_size(current_database())::float8 AS database,
    pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS log`

function progress(line: string): void {
  process.stderr.write(`${line} ...\n`)
}
