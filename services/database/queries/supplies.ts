import type { Sql } from '../connect.ts'
import { listReadings, type ReadingRow, type SeriesPage } from './readings.ts'

/** An amount as the Printer MIB gives it: a number, or more than nothing (-3), or no restriction (-1), or unknown. */
export interface AmountRow {
  level: number | null
  /** Null beside a number, and when nothing is known. */
  levelKind: 'some' | 'unlimited' | null
}

/** A row of prtMarkerSuppliesTable as last read; when that was, its device says. */
export interface SupplyRow extends AmountRow {
  deviceId: string
  index: string
  class: string | null
  type: string | null
  color: string | null
  description: string | null
  unit: string | null
  capacity: number | null
}

/** The unit is that of the supply's current row: readings keep none. */
export interface SupplyReadingRow extends AmountRow, ReadingRow {
  class: string | null
  unit: string | null
  capacity: number | null
}

/** All supplies of the devices, by index. */
export async function suppliesOfDevices(
  sql: Sql,
  deviceIds: readonly string[],
): Promise<SupplyRow[]> {
  return sql<SupplyRow[]>`
    select device_id as "deviceId", index, class, type, color, description, unit,
      capacity::float8 as capacity, level::float8 as level, level_kind as "levelKind"
    from supply
    where device_id = any(${[...deviceIds]}::uuid[])
    order by device_id, length(index), index`
}

/** One page of a supply's time series for each of the devices, oldest first. */
export async function supplyReadingsOfDevices(
  sql: Sql,
  deviceIds: readonly string[],
  index: string,
  page: SeriesPage,
): Promise<SupplyReadingRow[]> {
  const current = (column: string) => sql`
    (select ${sql(column)} from supply where supply.device_id = wanted.device_id and supply.index = ${index})`
  const source = {
    table: sql`supply_reading`,
    where: sql`index = ${index}`,
    columns: sql`capacity::float8 as capacity, level::float8 as level, level_kind as "levelKind",
      ${current('class')} as class, ${current('unit')} as unit`,
  }
  return listReadings<SupplyReadingRow>(sql, deviceIds, source, page)
}
