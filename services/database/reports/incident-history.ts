import type { Incident } from '@platen/protocol'
import type { Query, Transaction } from '../connect.ts'
import { expiryOf, NEVER } from '../expiry.ts'
import { type DeviceRow, type Entry, toTime } from './entry.ts'
import { foldIncidents, type IncidentList, type IncidentPeriod } from './incidents.ts'

type Period = IncidentPeriod & { deviceId: string }

/**
 * Opens and closes incidents by the lists in `entries`, whose readings are stored already. `devices` are their rows as
 * they were before. A list older than the newest that was known changes the past: that device's history is made anew.
 */
export async function updateIncidents(
  tx: Transaction,
  devices: Map<string, DeviceRow>,
  entries: Entry[],
): Promise<void> {
  const lists = listsByDevice(entries)
  const late: string[] = []
  const inOrder: string[] = []
  for (const [id, [first]] of lists) {
    const newest = devices.get(id)?.observedAt.incidents ?? ''
    if (first && first.observedAt < newest) late.push(id)
    else inOrder.push(id)
  }
  if (inOrder.length > 0) {
    const open = await findOpen(tx, inOrder)
    const changed = inOrder.flatMap(deviceId => {
      const before = devices.get(deviceId)?.observedAt.incidents ?? null
      return foldIncidents(open.get(deviceId) ?? [], before, lists.get(deviceId) ?? []).map(
        period => ({ ...period, deviceId }),
      )
    })
    await savePeriods(tx, changed)
  }
  await rebuildIncidents(tx, late)
}

/**
 * Makes the devices' incidents anew from their readings; incidents that stay the same keep their ids, and those whose
 * readings have expired stay.
 */
export async function rebuildIncidents(tx: Transaction, deviceIds: string[]): Promise<void> {
  if (deviceIds.length === 0) return
  const expired = await expiryOf(tx)
  for (const deviceId of deviceIds) {
    const rows = await tx<{ observedAt: Date; incidents: Incident[] }[]>`
      select observed_at as "observedAt", incidents from incident_reading
      where device_id = ${deviceId} order by observed_at, ctid`
    const lists = rows.map(({ observedAt, incidents }) => ({
      observedAt: toTime(observedAt),
      incidents,
    }))
    const first = lists[0]?.observedAt
    const open = await findExpired(tx, { deviceId, expired, openAt: first })
    const periods = foldIncidents(open, null, lists).map(period => ({ ...period, deviceId }))
    // What ended before the first reading that is left is known from nowhere else.
    await tx`
      delete from incident
      where device_id = ${deviceId} and opened_at >= ${expired}::timestamptz
        and (closed_at is null or closed_at >= ${first ?? '-infinity'}::timestamptz)
        and (opened_at, key) not in (select * from unnest(
          ${periods.map(period => period.openedAt)}::timestamptz[],
          ${periods.map(period => period.key)}::text[]))`
    await savePeriods(tx, periods)
  }
}

/** Incidents whose beginning no reading tells any more, as they were when the first list that is left was observed. */
async function findExpired(
  tx: Transaction,
  { deviceId, expired, openAt }: { deviceId: string; expired: string; openAt: string | undefined },
): Promise<Period[]> {
  if (openAt === undefined || expired === NEVER) return []
  const periods = await findPeriods(
    tx,
    tx`device_id = ${deviceId} and opened_at < ${expired}::timestamptz
      and (closed_at is null or closed_at >= ${openAt}::timestamptz)`,
  )
  return periods.map(period => ({ ...period, closedAt: null }))
}

function listsByDevice(entries: Entry[]): Map<string, IncidentList[]> {
  const lists = new Map<string, IncidentList[]>()
  for (const { deviceId, report } of entries) {
    const { observedAt, incidents } = report
    if (deviceId === undefined || incidents === undefined) continue
    const list = lists.get(deviceId) ?? []
    list.push({ observedAt, incidents })
    lists.set(deviceId, list)
  }
  for (const list of lists.values()) list.sort((a, b) => compare(a.observedAt, b.observedAt))
  return lists
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

async function findOpen(tx: Transaction, deviceIds: string[]): Promise<Map<string, Period[]>> {
  const open = tx`device_id = any(${deviceIds}::uuid[]) and closed_at is null`
  return Map.groupBy(await findPeriods(tx, open), ({ deviceId }) => deviceId)
}

async function findPeriods(tx: Transaction, condition: Query): Promise<Period[]> {
  const rows = await tx<(Omit<Period, 'openedAt'> & { openedAt: Date; group: string | null })[]>`
    select device_id as "deviceId", key, source, severity, code, "group", description,
      opened_at as "openedAt", closed_at as "closedAt"
    from incident where ${condition}`
  return rows.map(({ group, description, ...row }) => ({
    ...row,
    openedAt: toTime(row.openedAt),
    ...(group !== null && { group }),
    ...(description !== null && description !== undefined && { description }),
  }))
}

async function savePeriods(tx: Transaction, unordered: Period[]): Promise<void> {
  if (unordered.length === 0) return
  // Of lists observed at the same time the last one counts. A key is open once at most: what is closed goes first.
  const distinct = new Map(
    unordered.map(row => [`${row.deviceId}/${row.openedAt}/${row.key}`, row]),
  )
  const rows = [...distinct.values()].sort(
    (a, b) => Number(a.closedAt === null) - Number(b.closedAt === null),
  )
  await tx`
    insert into incident
      (device_id, key, source, severity, code, "group", description, opened_at, closed_at)
    select * from unnest(
      ${rows.map(row => row.deviceId)}::uuid[],
      ${rows.map(row => row.key)}::text[],
      ${rows.map(row => row.source)}::text[],
      ${rows.map(row => row.severity)}::incident_severity[],
      ${rows.map(row => row.code)}::text[],
      ${rows.map(row => row.group ?? null)}::text[],
      ${rows.map(row => row.description ?? null)}::text[],
      ${rows.map(row => row.openedAt)}::timestamptz[],
      ${rows.map(row => row.closedAt)}::timestamptz[])
    on conflict (device_id, opened_at, key) do update set
      source = excluded.source, severity = excluded.severity, code = excluded.code,
      "group" = excluded."group", description = excluded.description, closed_at = excluded.closed_at`
}
