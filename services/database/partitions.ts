import type { Sql } from './connect.ts'

/** Tables that are partitioned by month of observation (UTC). */
export const PARTITIONED = [
  'asset_reading',
  'meter_reading',
  'supply_reading',
  'incident_reading',
] as const

/** Days back and ahead of now within which an observation's time is believed. */
export const ACCEPTED_DAYS = { back: 400, ahead: 1 } as const

/** Months after the present one for which partitions are made before anything needs them. */
const MONTHS_AHEAD = 3

const DAY = 86_400_000

/** A month of UTC: "2026-11". */
export type Month = string

/** The month of an RFC 3339 time in UTC. */
export function monthOf(observedAt: string): Month {
  return observedAt.slice(0, 7)
}

export function nextMonth(month: Month): Month {
  const date = new Date(`${month}-01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + 1)
  return date.toISOString().slice(0, 7)
}

/** The month of `now` and those that follow for which partitions are made ahead of time. */
export function monthsAhead(now: Date): Month[] {
  const months = [monthOf(now.toISOString())]
  while (months.length <= MONTHS_AHEAD) months.push(nextMonth(months.at(-1) ?? ''))
  return months
}

/** Why an observation of that time is not accepted, or undefined if it is. A monitor's clock may be wrong by years. */
export function refuseTime(observedAt: string, now: Date): string | undefined {
  const age = now.getTime() - Date.parse(observedAt)
  if (Number.isNaN(age)) return 'report/@observed-at is not a time'
  if (age > ACCEPTED_DAYS.back * DAY) {
    return `report/@observed-at is more than ${ACCEPTED_DAYS.back} days ago`
  }
  if (age < -ACCEPTED_DAYS.ahead * DAY) {
    return `report/@observed-at is more than ${ACCEPTED_DAYS.ahead} day ahead`
  }
  return undefined
}

/**
 * Makes the partitions of `months` (by default the present one and those ahead) where they are missing. Any number of
 * processes may do it at once. Call it at start and once a day.
 */
export async function ensurePartitions(
  sql: Sql,
  months: Month[] = monthsAhead(new Date()),
): Promise<void> {
  const wanted = months.flatMap(month =>
    PARTITIONED.map(table => ({ table, month, name: `${table}_${month.replace('-', '_')}` })),
  )
  const existing = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relname = any(${wanted.map(p => p.name)})`
  const names = new Set(existing.map(row => row.name))
  const missing = wanted.filter(partition => !names.has(partition.name))
  if (missing.length === 0) return

  await sql.begin(async tx => {
    // Two processes that make the same partition would otherwise fail on each other's catalog rows.
    await tx`select pg_advisory_xact_lock(hashtext('platen partitions'))`
    for (const { table, month } of missing) {
      await tx`select make_partition(${table}, ${`${month}-01`}::date)`
    }
  })
}
