import type { Asset, Meter, Supply, Tray } from '@platen/protocol'
import type { Transaction } from '../connect.ts'
import { amountColumns } from './amount.ts'

/**
 * Current state, a statement a section: rows that changed are written, rows that did not are left alone, rows that the
 * section no longer lists are deleted. The devices must be locked; their sections come by device id.
 */
type BySection<Rows> = Map<string, Rows>

const rowsOf = <Row>(sections: BySection<Row[]>) =>
  [...sections].flatMap(([deviceId, rows]) => rows.map(row => ({ deviceId, ...row })))

export async function updateMeters(tx: Transaction, sections: BySection<Meter[]>): Promise<void> {
  if (sections.size === 0) return
  const rows = rowsOf(sections)
  await tx`
    with new as materialized (
      select * from unnest(
        ${rows.map(row => row.deviceId)}::uuid[],
        ${rows.map(row => row.name)}::meter_name[],
        ${rows.map(row => row.unit)}::text[],
        ${rows.map(row => row.value)}::bigint[],
        ${rows.map(row => row.grade)}::grade[]
      ) as new(device_id, name, unit, value, grade)
    ), gone as (
      delete from meter
      where device_id = any(${[...sections.keys()]}::uuid[])
        and (device_id, name) not in (select device_id, name from new)
    )
    merge into meter using new
      on meter.device_id = new.device_id and meter.name = new.name
    when matched and (meter.unit, meter.value, meter.grade) is distinct from (new.unit, new.value, new.grade)
      then update set unit = new.unit, value = new.value, grade = new.grade
    when not matched
      then insert values (new.device_id, new.name, new.unit, new.value, new.grade)`
}

export async function updateSupplies(
  tx: Transaction,
  sections: BySection<Supply[]>,
): Promise<void> {
  if (sections.size === 0) return
  const rows = rowsOf(sections).map(row => ({ ...row, amount: amountColumns(row.level) }))
  await tx`
    with new as materialized (
      select * from unnest(
        ${rows.map(row => row.deviceId)}::uuid[],
        ${rows.map(row => row.index)}::text[],
        ${rows.map(row => row.class ?? null)}::text[],
        ${rows.map(row => row.type ?? null)}::text[],
        ${rows.map(row => row.color ?? null)}::text[],
        ${rows.map(row => row.description ?? null)}::text[],
        ${rows.map(row => row.unit ?? null)}::text[],
        ${rows.map(row => row.capacity ?? null)}::bigint[],
        ${rows.map(row => row.amount[0])}::bigint[],
        ${rows.map(row => row.amount[1])}::amount_kind[]
      ) as new(device_id, index, class, type, color, description, unit, capacity, level, level_kind)
    ), gone as (
      delete from supply
      where device_id = any(${[...sections.keys()]}::uuid[])
        and (device_id, index) not in (select device_id, index from new)
    )
    merge into supply old using new
      on old.device_id = new.device_id and old.index = new.index
    when matched and
      (old.level, old.level_kind, old.capacity, old.class, old.type, old.color, old.description, old.unit)
      is distinct from
      (new.level, new.level_kind, new.capacity, new.class, new.type, new.color, new.description, new.unit)
      then update set class = new.class, type = new.type, color = new.color, description = new.description,
        unit = new.unit, capacity = new.capacity, level = new.level, level_kind = new.level_kind
    when not matched
      then insert (device_id, index, class, type, color, description, unit, capacity, level, level_kind)
        values (new.device_id, new.index, new.class, new.type, new.color, new.description, new.unit,
          new.capacity, new.level, new.level_kind)`
}

export async function updateTrays(tx: Transaction, sections: BySection<Tray[]>): Promise<void> {
  if (sections.size === 0) return
  const rows = rowsOf(sections).map(row => ({
    ...row,
    full: amountColumns(row.capacity),
    amount: amountColumns(row.level),
  }))
  await tx`
    with new as materialized (
      select * from unnest(
        ${rows.map(row => row.deviceId)}::uuid[],
        ${rows.map(row => row.index)}::text[],
        ${rows.map(row => row.name ?? null)}::text[],
        ${rows.map(row => row.media ?? null)}::text[],
        ${rows.map(row => row.unit ?? null)}::text[],
        ${rows.map(row => row.full[0])}::bigint[],
        ${rows.map(row => row.full[1])}::amount_kind[],
        ${rows.map(row => row.amount[0])}::bigint[],
        ${rows.map(row => row.amount[1])}::amount_kind[]
      ) as new(device_id, index, name, media, unit, capacity, capacity_kind, level, level_kind)
    ), gone as (
      delete from tray
      where device_id = any(${[...sections.keys()]}::uuid[])
        and (device_id, index) not in (select device_id, index from new)
    )
    merge into tray old using new
      on old.device_id = new.device_id and old.index = new.index
    when matched and
      (old.level, old.level_kind, old.capacity, old.capacity_kind, old.name, old.media, old.unit)
      is distinct from
      (new.level, new.level_kind, new.capacity, new.capacity_kind, new.name, new.media, new.unit)
      then update set name = new.name, media = new.media, unit = new.unit, capacity = new.capacity,
        capacity_kind = new.capacity_kind, level = new.level, level_kind = new.level_kind
    when not matched
      then insert (device_id, index, name, media, unit, capacity, capacity_kind, level, level_kind)
        values (new.device_id, new.index, new.name, new.media, new.unit, new.capacity, new.capacity_kind,
          new.level, new.level_kind)`
}

export async function updateAssets(tx: Transaction, sections: BySection<Asset>): Promise<void> {
  if (sections.size === 0) return
  const column = (name: keyof Asset) => [...sections.values()].map(asset => asset[name] ?? null)
  await tx`
    update device set make = new.make, model = new.model, serial = new.serial, mac = new.mac,
      host_name = new.host_name, address = new.address, location = new.location, firmware = new.firmware
    from unnest(
      ${[...sections.keys()]}::uuid[], ${column('make')}::text[], ${column('model')}::text[],
      ${column('serial')}::text[], ${column('mac')}::macaddr[], ${column('hostName')}::text[],
      ${column('address')}::inet[], ${column('location')}::text[], ${column('firmware')}::text[]
    ) as new(id, make, model, serial, mac, host_name, address, location, firmware)
    where device.id = new.id and
      (device.make, device.model, device.serial, device.mac, device.host_name, device.address,
        device.location, device.firmware)
      is distinct from
      (new.make, new.model, new.serial, new.mac, new.host_name, new.address, new.location, new.firmware)`
}
