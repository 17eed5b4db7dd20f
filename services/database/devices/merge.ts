import type { Transaction } from '../connect.ts'
import { rebuildIncidents } from '../reports/incident-history.ts'

const READINGS = ['asset_reading', 'meter_reading', 'supply_reading', 'incident_reading']

/** Tables of current state, and the section that they hold. */
const STATE = { meter: 'meters', supply: 'supplies', tray: 'trays' } as const

const ASSET = 'make, model, serial, mac, host_name, address, location, firmware'

/** Makes one device of two that turned out to be one: all that is known of `loser` becomes the survivor's. */
export async function mergeDevices(
  tx: Transaction,
  loser: string,
  survivor: string,
): Promise<void> {
  // All readings of a year may move: cut off, it would be tried again and cut off again, and hold up its monitor for ever.
  await tx.unbounded(() => merge(tx, loser, survivor))
}

async function merge(tx: Transaction, loser: string, survivor: string): Promise<void> {
  await tx`select id from device where id = any(${[loser, survivor]}::uuid[]) order by id for update`
  for (const table of ['device_alias', 'device_identity', ...READINGS]) {
    await tx`update ${tx(table)} set device_id = ${survivor} where device_id = ${loser}`
  }
  for (const [table, section] of Object.entries(STATE)) {
    if (await isNewer(tx, section, loser, survivor)) await moveRows(tx, table, loser, survivor)
  }
  if (await isNewer(tx, 'asset', loser, survivor)) {
    await tx`
      update device set (${tx.unsafe(ASSET)}) = (select ${tx.unsafe(ASSET)} from device where id = ${loser})
      where id = ${survivor}`
  }
  await tx`
    update device d set
      first_seen_at = least(d.first_seen_at, l.first_seen_at),
      last_seen_at = greatest(d.last_seen_at, l.last_seen_at),
      monitor_id = case when l.last_seen_at > d.last_seen_at then l.monitor_id else d.monitor_id end,
      asset_observed_at = greatest(d.asset_observed_at, l.asset_observed_at),
      meters_observed_at = greatest(d.meters_observed_at, l.meters_observed_at),
      supplies_observed_at = greatest(d.supplies_observed_at, l.supplies_observed_at),
      trays_observed_at = greatest(d.trays_observed_at, l.trays_observed_at),
      incidents_observed_at = greatest(d.incidents_observed_at, l.incidents_observed_at)
    from device l where d.id = ${survivor} and l.id = ${loser}`
  await tx`delete from device where id = ${loser}`
  await rebuildIncidents(tx, [survivor])
}

async function isNewer(
  tx: Transaction,
  section: string,
  loser: string,
  survivor: string,
): Promise<boolean> {
  const column = tx(`${section}_observed_at`)
  const rows = await tx`
    select from device l, device s
    where l.id = ${loser} and s.id = ${survivor} and l.${column} > coalesce(s.${column}, '-infinity')`
  return rows.length > 0
}

async function moveRows(tx: Transaction, table: string, from: string, to: string): Promise<void> {
  await tx`delete from ${tx(table)} where device_id = ${to}`
  await tx`update ${tx(table)} set device_id = ${to} where device_id = ${from}`
}
