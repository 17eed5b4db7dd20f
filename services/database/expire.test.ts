import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import type { Sql } from './connect.ts'
import { expireReadings } from './expire.ts'
import { ensurePartitions } from './partitions.ts'
import { rebuildCurrentState } from './reports/rebuild.ts'
import { about, at, databaseWithMonitors, everything } from './reports/writer.support.ts'

const INCIDENT = { key: 'k', source: 'alert', severity: 'warning', code: 'jam' } as const
const SUPPLY = { index: '1', color: 'black', unit: 'percent', capacity: 100, level: 40 } as const

async function partitionsOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class where relispartition and relkind = 'r' order by 1`
  return rows.map(({ name }) => name)
}

const MONTHS = ['2025-08', '2025-09', '2025-10', '2025-11']

/** At that time. */
async function observe(sql: Sql, ...times: string[]): Promise<void> {
  await sql`insert into incident_reading select uuidv7(), at, '[]' from unnest(${times}::timestamptz[]) at`
}

const nextYear = new Date().getUTCFullYear() + 1

it.each([
  { months: 2, observed: ['2025-11-01T00:00:00Z'], want: ['2025_08'] },
  { months: 2, observed: ['2025-10-31T23:59:59Z'], want: [] },
  {
    months: 1,
    observed: ['2025-08-01T00:00:00Z', '2025-11-30T12:00:00Z'],
    want: ['2025_08', '2025_09'],
  },
  {
    months: 1,
    observed: ['2025-09-01T00:00:00Z'],
    want: [],
    why: ': a clock alone deletes nothing',
  },
  { months: 1, observed: [], want: [], why: ': months that are there for nothing do no harm' },
  {
    months: 1,
    observed: [`${nextYear}-01-01T00:00:00Z`, '2025-10-01T00:00:00Z'],
    want: ['2025_08'],
    why: ': the day after today does not count yet',
  },
])(
  'with $months whole months to keep and readings of $observed, deletes $want of every table$why',
  async ({ months, observed, want }) => {
    await using database = await freshDatabase()
    const all = [...MONTHS, `${nextYear}-01`]
    await ensurePartitions(database.sql, all)
    await observe(database.sql, ...observed)
    const gone = await expireReadings(database.url, months)
    const tables = ['asset_reading', 'incident_reading', 'meter_reading', 'supply_reading']
    expect(gone).toEqual(want.flatMap(month => tables.map(table => `${table}_${month}`)))
    expect(await partitionsOf(database.sql)).toHaveLength(4 * (all.length - want.length))
    expect(await expireReadings(database.url, months)).toEqual([])
  },
)

it('leaves all that was derived, also when it is rebuilt or reported on later', async () => {
  await using tenant = await databaseWithMonitors()
  const { sql, writer, database } = tenant
  await ensurePartitions(sql, ['2026-09', '2026-10', '2026-11'])
  const then = '2026-09-10T08:00:00.000Z'
  const old = about('d1', 0, {
    observedAt: then,
    asset: { make: 'HP', serial: 'X1' },
    meters: [{ name: 'total', unit: 'impressions', value: 100, grade: 'A' }],
    supplies: [SUPPLY],
    incidents: [{ ...INCIDENT, since: then }],
  })
  await writer.write([old])
  const before = await everything(sql)
  // Of the list that comes first in the months that stay.
  await observe(sql, at(0))
  const gone = await expireReadings(database.url, 1)
  expect(gone).toHaveLength(4)
  await rebuildCurrentState(sql)
  const after = await everything(sql)
  const none = {
    meterReadings: [],
    supplyReadings: [],
    assetReadings: [],
    incidentReadings: [],
  }
  expect(after).toEqual({ ...before, ...none })
  expect(await writer.write([old])).toMatchObject([{ result: 'duplicate' }])

  // The incident is still open, then ends; an older list that comes late makes the history anew.
  await writer.write([about('d1', 30, { incidents: [{ ...INCIDENT, since: then }] })])
  await writer.write([about('d1', 40, { incidents: [] })])
  await writer.write([about('d1', 20, { incidents: [{ ...INCIDENT, since: then }] })])
  expect((await everything(sql)).incidents).toMatchObject([
    { opened_at: new Date(then), closed_at: new Date(at(40)) },
  ])
})

it('does not hold up others for long: it waits for its lock a little, and again', async () => {
  await using database = await freshDatabase()
  await ensurePartitions(database.sql, MONTHS)
  await observe(database.sql, '2025-11-01T00:00:00Z')
  const locked = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const reader = database.sql.begin(async tx => {
    await tx`select from meter_reading`
    locked.resolve()
    await release.promise
  })
  await locked.promise
  const expiring = expireReadings(database.url, 2)
  const waiting = () => database.sql`
    select from pg_stat_activity where application_name = 'platen expire' and wait_event_type = 'Lock'`
  await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1)
  await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(0)
  release.resolve()
  await reader
  expect(await expiring).toHaveLength(4)
})
