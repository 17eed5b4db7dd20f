import { setTimeout as pause } from 'node:timers/promises'
import { connect, type Sql } from './connect.ts'
import { isLockTimeout } from './errors.ts'
import { type Month, monthOf, PARTITIONED } from './partitions.ts'

/** Milliseconds for which whoever writes and reads may have to wait behind us, and tries for the lock. */
const LOCK_MS = 2_000
const ATTEMPTS = 30

/**
 * Deletes readings observed in months that the tenant does not keep any longer, a month and table at a time. `months`:
 * whole ones that are kept besides the newest. Nothing else is deleted: neither what was derived from them, such as
 * incidents and current meters, nor what keeps reports from being stored twice.
 *
 * @returns the names of the partitions that went
 */
export async function expireReadings(url: string, months: number): Promise<string[]> {
  const sql = connect(url, { name: 'platen expire', max: 1 })
  try {
    const partitions = await partitionsOf(sql)
    const newest = await newestMonth(sql, partitions)
    if (newest === undefined) return []
    const keep = monthsBefore(newest, months)
    const expired = partitions.filter(({ month }) => month < keep)
    if (expired.length === 0) return []
    // First of all: whoever makes state anew from readings must know that some are missing.
    await sql`
      insert into expiry (before) values (${`${keep}-01 00:00:00Z`})
      on conflict (one) do update set before = greatest(expiry.before, excluded.before)`
    for (const { name } of expired) await drop(sql, name)
    return expired.map(({ name }) => name)
  } finally {
    await sql.end()
  }
}

interface Partition {
  name: string
  month: Month
}

/**
 * The newest month that has a reading, not after that of the database's clock; undefined: there is none. By a clock alone
 * nothing is deleted: one that leaps a year ahead would take a year of readings along.
 */
async function newestMonth(sql: Sql, partitions: readonly Partition[]): Promise<Month | undefined> {
  const [clock] = await sql<{ month: Month }[]>`
    select to_char(now() at time zone 'UTC', 'YYYY-MM') as month`
  const today = clock?.month ?? ''
  for (const { name, month } of partitions.toReversed()) {
    if (month > today) continue
    const [row] = await sql<
      { filled: boolean }[]
    >`select exists (select from ${sql(name)}) as filled`
    if (row?.filled) return month
  }
  return undefined
}

function monthsBefore(month: Month, months: number): Month {
  const date = new Date(`${month}-01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() - months)
  return monthOf(date.toISOString())
}

/** By month, the oldest first. */
async function partitionsOf(sql: Sql): Promise<Partition[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.relnamespace = current_schema()::regnamespace and p.relname = any(${[...PARTITIONED]})
    order by right(c.relname, 7), c.relname`
  return rows.map(({ name }) => ({ name, month: name.slice(-7).replace('_', '-') }))
}

/**
 * Dropping a partition locks its table for a moment. To wait long for that lock would hold up everybody who comes after
 * us, so it is tried again and again.
 */
async function drop(sql: Sql, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sql.begin(async tx => {
        await tx.unsafe(`set local lock_timeout = ${LOCK_MS}`)
        await tx`drop table if exists ${tx(name)}`
      })
      return
    } catch (error) {
      if (!isLockTimeout(error) || attempt === ATTEMPTS) throw error
      await pause(LOCK_MS)
    }
  }
}
