import type { Sql, Transaction } from '../connect.ts'
import { expiryOf } from '../expiry.ts'
import { rebuildIncidents } from './incident-history.ts'

/**
 * Makes current state anew from the readings: asset, meters, levels of supplies and incidents of one device, or of all,
 * each device in a transaction of its own. What is primary, or came from readings that have expired, stays: see docs/decisions/010-derived-and-primary-state.md.
 */
export async function rebuildCurrentState(sql: Sql, deviceId?: string): Promise<void> {
  const rows =
    deviceId === undefined
      ? await sql<{ id: string }[]>`select id from device order by id`
      : [{ id: deviceId }]
  for (const { id } of rows) await rebuildDevice(sql, id)
}

function rebuildDevice(sql: Sql, id: string): Promise<void> {
  return sql.begin(async tx => {
    const expired = await expiryOf(tx)
    const [kept] = await tx<{ meters: boolean; supplies: boolean }[]>`
      select meters_observed_at >= ${expired}::timestamptz as meters,
        supplies_observed_at >= ${expired}::timestamptz as supplies
      from device where id = ${id} for no key update`
    await rebuildAsset(tx, id)
    if (kept?.meters) await rebuildMeters(tx, id)
    if (kept?.supplies) await rebuildSupplies(tx, id)
    await rebuildIncidents(tx, [id])
  })
}

async function rebuildAsset(tx: Transaction, id: string): Promise<void> {
  await tx`
    update device d set make = a ->> 'make', model = a ->> 'model', serial = a ->> 'serial',
      mac = (a ->> 'mac')::macaddr, host_name = a ->> 'hostName', address = (a ->> 'address')::inet,
      location = a ->> 'location', firmware = a ->> 'firmware'
    from (
      select r.asset as a from device d join asset_reading r on r.device_id = d.id and r.observed_at = d.asset_observed_at
      where d.id = ${id} order by r.ctid desc limit 1
    ) newest
    where d.id = ${id}`
}

async function rebuildMeters(tx: Transaction, id: string): Promise<void> {
  await tx`
    merge into meter old using (
      select distinct on (r.name) r.device_id, r.name, r.unit, r.value, r.grade
      from device d join meter_reading r on r.device_id = d.id and r.observed_at = d.meters_observed_at
      where d.id = ${id} order by r.name, r.ctid desc
    ) new on old.device_id = new.device_id and old.name = new.name
    when matched then update set unit = new.unit, value = new.value, grade = new.grade
    when not matched then insert values (new.device_id, new.name, new.unit, new.value, new.grade)
    when not matched by source and old.device_id = ${id} then delete`
}

async function rebuildSupplies(tx: Transaction, id: string): Promise<void> {
  await tx`
    merge into supply old using (
      select distinct on (r.index) r.device_id, r.index, r.capacity, r.level, r.level_kind
      from device d join supply_reading r on r.device_id = d.id and r.observed_at = d.supplies_observed_at
      where d.id = ${id} order by r.index, r.ctid desc
    ) new on old.device_id = new.device_id and old.index = new.index
    when matched then update set capacity = new.capacity, level = new.level, level_kind = new.level_kind
    when not matched then insert (device_id, index, capacity, level, level_kind)
      values (new.device_id, new.index, new.capacity, new.level, new.level_kind)
    when not matched by source and old.device_id = ${id} then delete`
}
