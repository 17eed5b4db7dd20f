import type { Sql } from '@platen/database'
import type { Amount } from '@platen/protocol'
import { contentOf, SLOTS, serialOf } from '../content.ts'
import type { Received } from './received.ts'
import { type Verdict, verdict } from './verdict.ts'

/** A reading as text, apart from whose it is. */
interface Reading {
  serial: string
  text: string
}

const TABLES = {
  meter_reading: `concat_ws('|', 'meter', at, name, unit, value, grade)`,
  supply_reading: `concat_ws('|', 'supply', at, index, coalesce(capacity::text, '-'), coalesce(level::text, '-'), coalesce(level_kind::text, '-'))`,
  asset_reading: `concat_ws('|', 'asset', at, asset)`,
  incident_reading: `concat_ws('|', 'incidents', at, incidents)`,
}

/** Compares every reading that must be there with every one that is, as multisets. */
export async function proveReadings(
  sql: Sql,
  received: Received[],
  base: number,
): Promise<Verdict> {
  const expected = expectedReadings(received, base)
  const total = [...expected.values()].reduce((all, n) => all + n, 0)
  const surplus: Reading[] = []
  let doubled = 0
  for await (const reading of storedReadings(sql)) {
    const key = keyOf(reading)
    const left = expected.get(key)
    if (left === undefined) surplus.push(reading)
    else if (left === 0) doubled += 1
    else expected.set(key, left - 1)
  }
  const missing = [...expected].filter(([, left]) => left > 0).map(([key]) => key)
  return judge(total, doubled, missing, surplus)
}

/** How often each reading must be there. */
function expectedReadings(received: Received[], base: number): Map<string, number> {
  const expected = new Map<string, number>()
  for (const reading of received.flatMap(one => reportedReadings(one, base))) {
    const key = keyOf(reading)
    expected.set(key, (expected.get(key) ?? 0) + 1)
  }
  return expected
}

function reportedReadings(one: Received, base: number): Reading[] {
  const readings: Reading[] = []
  for (let n = 1; n <= one.last; n += 1) {
    if (one.has(n)) readings.push(...readingsOf(one, n, base))
  }
  return readings
}

function judge(total: number, doubled: number, missing: string[], surplus: Reading[]): Verdict {
  const elsewhere = new Set(surplus.map(({ text }) => text))
  const misplaced = missing.filter(key => elsewhere.has(key.slice(key.indexOf(' ') + 1))).length
  return verdict(
    'every reading exactly once, in its device',
    { expected: total },
    {
      missing: missing.length - misplaced,
      doubled,
      misplaced,
      'never reported': surplus.length - misplaced,
    },
  )
}

function keyOf({ serial, text }: Reading): string {
  return `${serial} ${text}`
}

/** Device by device, so that memory holds one device's at a time. */
async function* storedReadings(sql: Sql): AsyncGenerator<Reading> {
  const devices = await sql<{ id: string; serial: string | null }[]>`select id, serial from device`
  for (const { id, serial } of [...devices, { id: null, serial: null }]) {
    for (const [table, text] of Object.entries(TABLES)) {
      const which = id === null ? sql`not in (select id from device)` : sql`= ${id}`
      const rows = await sql<{ text: string }[]>`
        select ${sql.unsafe(text)} as text
        from (select *, to_char(observed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
              from ${sql(table)} where device_id ${which}) as reading`
      for (const row of rows) yield { serial: serial ?? 'none', text: canonical(row.text) }
    }
  }
}

function readingsOf({ monitor }: Received, n: number, base: number): Reading[] {
  const { report } = contentOf(monitor, n, base)
  if (report.device === undefined) return []
  const serial = serialOf(monitor, (n - 1) % SLOTS)
  const { observedAt: at, asset, meters = [], supplies = [], incidents } = report
  const texts = [
    ...meters.map(({ name, unit, value, grade }) => ['meter', at, name, unit, value, grade]),
    ...supplies.map(({ index, capacity = '-', level }) => [
      'supply',
      at,
      index,
      capacity,
      ...columnsOf(level),
    ]),
    ...(asset ? [['asset', at, JSON.stringify(asset)]] : []),
    ...(incidents ? [['incidents', at, JSON.stringify(incidents)]] : []),
  ]
  return texts.map(text => ({ serial, text: canonical(text.join('|')) }))
}

/** A number, or the kind of what is no number. */
function columnsOf(level: Amount | undefined): [string, string] {
  if (level === undefined) return ['-', '-']
  return typeof level === 'number' ? [String(level), '-'] : ['-', level]
}

/** JSON at the end of a text with its keys in order, as it comes from both sides. */
function canonical(text: string): string {
  const start = text.search(/[[{]/)
  if (start < 0) return text
  return text.slice(0, start) + JSON.stringify(JSON.parse(text.slice(start)), byKey)
}

function byKey(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
