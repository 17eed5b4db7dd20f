import { connect, createReportWriter, type Sql } from '@platen/database'
import type { Report } from '@platen/protocol'
import { contentOf } from '../content.ts'
import type { Sent } from './sent.ts'
import { type Verdict, verdict } from './verdict.ts'

/**
 * Compares the current state, and the incidents' history, with that of an undisturbed run: all that was appended, also
 * what was thinned later, written in order into an empty database.
 */
export async function proveState(
  sql: Sql,
  referenceUrl: string,
  sent: Sent[],
  base: number,
): Promise<Verdict> {
  const reference = connect(referenceUrl)
  try {
    await writeUndisturbed(reference, sent, base)
    return compare(await dump(sql), await dump(reference))
  } finally {
    await reference.end()
  }
}

const ROUND = 500

async function writeUndisturbed(sql: Sql, sent: Sent[], base: number): Promise<void> {
  const writer = createReportWriter(sql)
  const most = Math.max(...sent.map(({ last }) => last))
  for (let from = 1; from <= most; from += ROUND) {
    const entries = sent.flatMap(({ monitor, epoch, last }) =>
      numbers(from, Math.min(last, from + ROUND - 1)).map(seq => {
        const report: Report = { epoch, seq, ...contentOf(monitor, seq, base).report }
        return { monitor: monitor.name, report }
      }),
    )
    const outcomes = await writer.write(entries)
    const odd = outcomes.find(({ result }) => result !== 'stored')
    if (odd) throw new Error(`the undisturbed run could not store a report: ${JSON.stringify(odd)}`)
  }
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
}

/** Rows as text, without ids. When a section was last stated is left out where repetitions may be thinned. */
const ROWS = `
  with known as (
    select device.*, monitor.name as monitor, monitor.name = 'monitor-e' as is_thinned
    from device join monitor on monitor.id = monitor_id
  )
  select 'device' as kind, jsonb_build_array(serial, monitor, make, model, mac, host_name, address, location, firmware,
    first_seen_at, case when not is_thinned then jsonb_build_array(last_seen_at, asset_observed_at, meters_observed_at,
      supplies_observed_at, trays_observed_at, incidents_observed_at) end) as row
  from known
  union all select 'alias', jsonb_build_array(monitor.name, key, serial)
  from device_alias join device on device.id = device_id join monitor on monitor.id = device_alias.monitor_id
  union all select 'identity', jsonb_build_array(kind, value, serial)
  from device_identity join device on device.id = device_id
  union all select 'meter', jsonb_build_array(serial, name, unit, value, grade)
  from meter join device on device.id = device_id
  union all select 'supply', jsonb_build_array(serial, index, class, type, color, description, unit, capacity, level, level_kind)
  from supply join device on device.id = device_id
  union all select 'tray', jsonb_build_array(serial, index, name, media, unit, capacity, capacity_kind, level, level_kind)
  from tray join device on device.id = device_id
  union all select 'incident', jsonb_build_array(serial, key, source, severity, code, "group", description, opened_at, closed_at)
  from incident join device on device.id = device_id
  union all select 'monitor', jsonb_build_array(name, case when name <> 'monitor-e' then observed_at end, version, started_at, devices, unreadable, sweeps,
    outbox_reports, outbox_bytes, thinned)
  from monitor`

async function dump(sql: Sql): Promise<string[]> {
  const rows = await sql.unsafe(ROWS)
  return rows.map(({ kind, row }) => `${kind} ${JSON.stringify(row)}`)
}

function compare(found: string[], wanted: string[]): Verdict {
  const [only, missing] = [without(found, wanted), without(wanted, found)]
  const shown = [...only.map(row => `+ ${row}`), ...missing.map(row => `- ${row}`)].slice(0, 6)
  const { figures, ...rest } = verdict(
    'final state equals that of an undisturbed run',
    { 'rows compared': wanted.length, 'of them incidents': count(wanted, 'incident ') },
    { 'only here': only.length, 'only there': missing.length },
  )
  return { ...rest, figures: [figures, ...shown].join('\n    ') }
}

function count(rows: string[], start: string): number {
  return rows.filter(row => row.startsWith(start)).length
}

/** `rows` less `others`, as multisets. */
function without(rows: string[], others: string[]): string[] {
  const left = new Map<string, number>()
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1)
  return rows.filter(row => {
    const times = left.get(row) ?? 0
    left.set(row, times - 1)
    return times <= 0
  })
}
