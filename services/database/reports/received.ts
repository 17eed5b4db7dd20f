import type { RefusalCode } from '@platen/protocol'
import type { Transaction } from '../connect.ts'
import { type MonitorRow, type ReceivedReport, toTime } from './entry.ts'

/** Which report it is. */
export interface Received {
  monitorId: string
  epoch: string
  seq: number
}

/** A report that is refused for good. */
export interface Refused extends Received {
  code: RefusalCode
  reason: string
}

/** What is already known of a report that was received before. */
export interface Earlier {
  code: RefusalCode | null
  reason: string | null
}

/**
 * Locks the monitors, in a fixed order, so that whatever else is written for them waits: two writers of one monitor
 * would otherwise both believe that a report is new.
 */
export async function lockMonitors(
  tx: Transaction,
  names: string[],
): Promise<Map<string, MonitorRow>> {
  const rows = await tx<(Omit<MonitorRow, 'observedAt'> & { observedAt: Date | null })[]>`
    select id, name, site_id as "siteId", observed_at as "observedAt"
    from monitor where name = any(${[...new Set(names)]}::text[]) order by id for no key update`
  return new Map(rows.map(row => [row.name, { ...row, observedAt: toTime(row.observedAt) }]))
}

/** For each entry, what is known of it if it was received before. The monitors must be locked. */
export async function findReceived(
  tx: Transaction,
  entries: ReceivedReport[],
  monitors: Map<string, MonitorRow>,
): Promise<(Earlier | undefined)[]> {
  const found: (Earlier | undefined)[] = Array(entries.length).fill(undefined)
  if (!(await isAnyReceived(tx, entries, monitors))) return found
  const rows = await tx<(Earlier & { place: number })[]>`
    select (sent.place - 1)::int as place, rejected.code, rejected.reason
    from unnest(
      ${entries.map(({ monitor }) => monitors.get(monitor)?.id ?? null)}::uuid[],
      ${entries.map(({ report }) => report.epoch)}::text[],
      ${entries.map(({ report }) => report.seq)}::bigint[]
    ) with ordinality as sent(monitor_id, epoch, seq, place)
    join received_report received using (monitor_id, epoch)
    left join rejected_report rejected using (monitor_id, epoch, seq)
    where received.sequences @> sent.seq`
  for (const { place, ...earlier } of rows) found[place] = earlier
  return found
}

/** Nearly always none is, and to ask for a few ranges costs far less than to ask for each report. */
async function isAnyReceived(
  tx: Transaction,
  entries: ReceivedReport[],
  monitors: Map<string, MonitorRow>,
): Promise<boolean> {
  const sent = rangesOf(
    entries.flatMap(({ monitor, report: { epoch, seq } }) => {
      const monitorId = monitors.get(monitor)?.id
      return monitorId === undefined ? [] : [{ monitorId, epoch, seq }]
    }),
  )
  const rows = await tx`
    select 1 as found
    from unnest(
      ${sent.map(row => row.monitorId)}::uuid[],
      ${sent.map(row => row.epoch)}::text[],
      ${sent.map(row => row.sequences)}::int8multirange[]
    ) as sent(monitor_id, epoch, sequences)
    join received_report received using (monitor_id, epoch)
    where received.sequences && sent.sequences
    limit 1`
  return rows.length > 0
}

/** The numbers of each outbox. */
function rangesOf(reports: Received[]): { monitorId: string; epoch: string; sequences: string }[] {
  const groups = Map.groupBy(reports, ({ monitorId, epoch }) => `${monitorId}/${epoch}`)
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (!first) return []
    const { monitorId, epoch } = first
    return [{ monitorId, epoch, sequences: multirange(group.map(({ seq }) => seq)) }]
  })
}

/** Remembers that these reports need not come again. The monitors must be locked. */
export async function markReceived(tx: Transaction, reports: Received[]): Promise<void> {
  const rows = rangesOf(reports)
  if (rows.length === 0) return
  await tx`
    insert into received_report as known (monitor_id, epoch, sequences)
    select * from unnest(
      ${rows.map(row => row.monitorId)}::uuid[],
      ${rows.map(row => row.epoch)}::text[],
      ${rows.map(row => row.sequences)}::int8multirange[])
    on conflict (monitor_id, epoch) do update set sequences = (
      select case when count(*) <= ${MOST_RANGES}::int then all_numbers
        else all_numbers + int8range(lower(all_numbers), (array_agg(lower(range) order by range desc))[${MOST_RANGES}::int])::int8multirange
      end
      from (select known.sequences + excluded.sequences) as sum(all_numbers), unnest(all_numbers) as range
      group by all_numbers)`
}

/**
 * Ranges kept for an outbox. The gaps below them are closed, as if what is missing there had come: an outbox sends in
 * order and has a few thousand reports on their way at most, so those are numbers that it has thinned.
 */
const MOST_RANGES = 4096

/** Refusals kept for a monitor, the newest. An older one that comes again is answered as if it had been stored. */
const MOST_REFUSALS = 10_000

/** Keeps why reports were refused, and remembers that they came. The monitors must be locked. */
export async function keepRefusals(tx: Transaction, refused: Refused[]): Promise<void> {
  if (refused.length === 0) return
  await tx`
    insert into rejected_report (monitor_id, epoch, seq, code, reason)
    select * from unnest(
      ${refused.map(row => row.monitorId)}::uuid[],
      ${refused.map(row => row.epoch)}::text[],
      ${refused.map(row => row.seq)}::bigint[],
      ${refused.map(row => row.code)}::text[],
      ${refused.map(row => row.reason)}::text[])
    on conflict do nothing`
  await tx`
    delete from rejected_report old
    using unnest(${[...new Set(refused.map(({ monitorId }) => monitorId))]}::uuid[]) as sender(id)
    where old.monitor_id = sender.id and old.id < (
      select id from rejected_report
      where monitor_id = sender.id order by id desc offset ${MOST_REFUSALS - 1}::int limit 1)`
  await markReceived(tx, refused)
}

/** The numbers as PostgreSQL's int8multirange, e.g. {[1,3],[7,7]}. */
export function multirange(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b)
  const ranges: { first: number; last: number }[] = []
  for (const number of sorted) {
    const range = ranges.at(-1)
    if (range && number === range.last + 1) range.last = number
    else ranges.push({ first: number, last: number })
  }
  return `{${ranges.map(({ first, last }) => `[${first},${last}]`).join(',')}}`
}
