import { setTimeout as pause } from 'node:timers/promises'
import { connect, type Sql } from './connect.ts'
import { isLockTimeout } from './errors.ts'
import { type Month, monthOf, PARTITIONED } from './partitions.ts'

export interface ExpireOptions {
  /** Whole months that are kept besides the present one. */
  months: number
  now: Date
}

/** Milliseconds for which whoever writes and reads may have to wait behind us, and tries for the lock. */
const LOCK_MS = 2_000
const ATTEMPTS = 30

/**
 * Deletes readings observed in months that are over and that the tenant does not keep any longer, a month and table at a
 * time. Nothing else is deleted: neither what was derived from them, such as incidents and current meters, nor what keeps
 * reports from being stored twice.
 *
 * @returns the names of the partitions that went
 */
export async function expireReadings(
  url: string,
  { months, now }: ExpireOptions,
): Promise<string[]> {
  const sql = connect(url, { name: 'platen expire', max: 1 })
  try {
    const keep = monthsBefore(now, months)
    const expired = (await partitionsOf(sql)).filter(({ month }) => month < keep)
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

function monthsBefore(now: Date, months: number): Month {
  return monthOf(
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1)).toISOString(),
  )
}

/** By month, the oldest first. */
async function partitionsOf(sql: Sql): Promise<{ name: string; month: Month }[]> {
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
