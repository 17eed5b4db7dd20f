import type { Sql } from '../connect.ts'
import type { AmountRow } from './supplies.ts'

/** A row of prtInputTable as last read; when that was, its device says. */
export interface TrayRow extends AmountRow {
  deviceId: string
  index: string
  name: string | null
  media: string | null
  unit: string | null
  capacity: number | null
  /** Null beside a number, and when nothing is known. */
  capacityKind: 'some' | 'unlimited' | null
}

/** All trays of the devices, by index. */
export async function traysOfDevices(sql: Sql, deviceIds: readonly string[]): Promise<TrayRow[]> {
  return sql<TrayRow[]>`
    select device_id as "deviceId", index, name, media, unit,
      capacity::float8 as capacity, capacity_kind as "capacityKind",
      level::float8 as level, level_kind as "levelKind"
    from tray
    where device_id = any(${[...deviceIds]}::uuid[])
    order by device_id, length(index), index`
}
