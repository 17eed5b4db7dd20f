import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { ensurePartitions, monthsAhead, nextMonth, refuseTime } from './partitions.ts'

const now = new Date('2026-11-23T08:00:00.000Z')

it.each([
  ['2026-11', '2026-12'],
  ['2026-12', '2027-01'],
  ['2028-02', '2028-03'],
])('after %s comes %s', (month, next) => {
  expect(nextMonth(month)).toBe(next)
})

it('names the present month and three more, over the end of a year', () => {
  expect(monthsAhead(now)).toEqual(['2026-11', '2026-12', '2027-01', '2027-02'])
})

it.each([
  { name: 'now', time: '2026-11-23T08:00:00.000Z', accepted: true },
  { name: 'a site that was offline for a year', time: '2025-11-24T08:00:00.000Z', accepted: true },
  { name: 'a clock that was never set', time: '1970-01-01T00:00:12.000Z', accepted: false },
  { name: 'a clock some hours ahead', time: '2026-11-23T20:00:00.000Z', accepted: true },
  { name: 'a clock in another year', time: '2031-01-01T00:00:00.000Z', accepted: false },
  { name: 'no time at all', time: 'yesterday', accepted: false },
])('$name: accepted is $accepted', ({ time, accepted }) => {
  expect(refuseTime(time, now) === undefined).toBe(accepted)
})

it('makes partitions that several processes ask for at the same time, each once', async () => {
  await using database = await freshDatabase()
  const months = ['2025-12', '2026-01']

  await Promise.all(Array.from({ length: 4 }, () => ensurePartitions(database.sql, months)))

  const [row] = await database.sql<{ count: number }[]>`
    select count(*) from pg_inherits where inhparent = 'meter_reading'::regclass`
  expect(row?.count).toBe(2)
})

it('bounds a month at midnight UTC, whatever time zone the connection has', async () => {
  await using database = await freshDatabase()
  // In this database only: other tests share the server.
  const name = new URL(database.url).pathname.slice(1)
  await database.sql.unsafe(`alter database ${name} set timezone = 'Pacific/Auckland'`)
  await ensurePartitions(database.sql, ['2026-01'])

  const insert = (time: string) => database.sql`
    insert into incident_reading values (uuidv7(), ${time}, '[]')`
  await insert('2026-01-31T23:59:59.999Z')
  await expect(insert('2026-02-01T00:00:00.000Z')).rejects.toThrow('no partition')
})
