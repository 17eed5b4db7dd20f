import type { Transaction } from '../connect.ts'
import { type DeviceRow, type Entry, SECTIONS, type Section, toTime } from './entry.ts'
import { updateAssets, updateMeters, updateSupplies, updateTrays } from './sections.ts'

/** Locks the devices, in a fixed order, and reads what reports may change. Devices that are gone have no row. */
export async function lockDevices(tx: Transaction, ids: string[]): Promise<Map<string, DeviceRow>> {
  const rows = await tx<
    ({ id: string; monitorId: string; firstSeenAt: Date; lastSeenAt: Date } & Record<
      Section,
      Date | null
    >)[]
  >`
    select id, monitor_id as "monitorId", first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt",
      asset_observed_at as asset, meters_observed_at as meters, supplies_observed_at as supplies,
      trays_observed_at as trays, incidents_observed_at as incidents
    from device where id = any(${ids}::uuid[]) order by id for no key update`
  return new Map(
    rows.map(({ id, monitorId, firstSeenAt, lastSeenAt, ...row }) => [
      id,
      {
        id,
        monitorId,
        firstSeenAt: toTime(firstSeenAt),
        lastSeenAt: toTime(lastSeenAt),
        observedAt: {
          asset: toTime(row.asset),
          meters: toTime(row.meters),
          supplies: toTime(row.supplies),
          trays: toTime(row.trays),
          incidents: toTime(row.incidents),
        },
      },
    ]),
  )
}

/** Makes the newest section of each device its current state; a section older than the known one changes nothing. */
export async function updateState(
  tx: Transaction,
  devices: Map<string, DeviceRow>,
  entries: Entry[],
): Promise<void> {
  await updateMeters(tx, newest(devices, entries, 'meters'))
  await updateSupplies(tx, newest(devices, entries, 'supplies'))
  await updateTrays(tx, newest(devices, entries, 'trays'))
  await updateAssets(tx, newest(devices, entries, 'asset'))
  await updateDevices(tx, [...advance(devices, entries).values()])
}

/** For each device the newest section, unless the database has a newer one; of two at the same time the later sent. */
export function newest<Name extends Section>(
  devices: Map<string, DeviceRow>,
  entries: Entry[],
  section: Name,
) {
  const found = new Map<string, { observedAt: string; rows: NonNullable<Entry['report'][Name]> }>()
  for (const { deviceId = '', report } of entries) {
    const rows = report[section]
    const device = devices.get(deviceId)
    if (!rows || !device) continue
    const known = found.get(deviceId)?.observedAt ?? device.observedAt[section] ?? ''
    if (report.observedAt >= known) found.set(deviceId, { observedAt: report.observedAt, rows })
  }
  return new Map([...found].map(([id, { rows }]) => [id, rows]))
}

/** `devices` after the entries. */
function advance(devices: Map<string, DeviceRow>, entries: Entry[]): Map<string, DeviceRow> {
  const after = new Map(devices)
  for (const entry of entries) {
    const device = after.get(entry.deviceId ?? '')
    if (device) after.set(device.id, advanceOne(device, entry))
  }
  return after
}

function advanceOne(device: DeviceRow, { monitor, report }: Entry): DeviceRow {
  const { observedAt } = report
  const isLast = observedAt >= device.lastSeenAt
  const times = { ...device.observedAt }
  for (const section of SECTIONS) {
    if (report[section] && observedAt > (times[section] ?? '')) times[section] = observedAt
  }
  return {
    id: device.id,
    monitorId: isLast ? monitor.id : device.monitorId,
    lastSeenAt: isLast ? observedAt : device.lastSeenAt,
    firstSeenAt: observedAt < device.firstSeenAt ? observedAt : device.firstSeenAt,
    observedAt: times,
  }
}

async function updateDevices(tx: Transaction, devices: DeviceRow[]): Promise<void> {
  const times = (section: Section) => devices.map(({ observedAt }) => observedAt[section])
  await tx`
    update device set
      monitor_id = new.monitor_id, first_seen_at = new.first_seen_at, last_seen_at = new.last_seen_at,
      asset_observed_at = new.asset, meters_observed_at = new.meters, supplies_observed_at = new.supplies,
      trays_observed_at = new.trays, incidents_observed_at = new.incidents
    from unnest(
      ${devices.map(row => row.id)}::uuid[],
      ${devices.map(row => row.monitorId)}::uuid[],
      ${devices.map(row => row.firstSeenAt)}::timestamptz[],
      ${devices.map(row => row.lastSeenAt)}::timestamptz[],
      ${times('asset')}::timestamptz[],
      ${times('meters')}::timestamptz[],
      ${times('supplies')}::timestamptz[],
      ${times('trays')}::timestamptz[],
      ${times('incidents')}::timestamptz[]
    ) as new(id, monitor_id, first_seen_at, last_seen_at, asset, meters, supplies, trays, incidents)
    where device.id = new.id`
}
