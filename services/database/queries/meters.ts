import type { Sql } from '../connect.ts'
import { listReadings, type ReadingRow, type SeriesPage } from './readings.ts'

/** Counters by meaning; `total` is prtMarkerLifeCount, the others are PWG 5106.3 counters. */
export type MeterName =
  | 'total'
  | 'monochrome'
  | 'color'
  | 'highlight'
  | 'blank'
  | 'two-sided'
  | 'sheets'
  | 'since-power-on'

interface MeterValue {
  /** PrtMarkerCounterUnitTC, e.g. impressions. */
  unit: string
  value: number
  grade: 'A' | 'B' | 'C'
}

/** A counter as last read; when that was, its device says. */
export interface MeterRow extends MeterValue {
  deviceId: string
  name: MeterName
}

export interface MeterReadingRow extends MeterValue, ReadingRow {}

/** All meters of the devices, in the order of their names' list. */
export async function metersOfDevices(sql: Sql, deviceIds: readonly string[]): Promise<MeterRow[]> {
  return sql<MeterRow[]>`
    select device_id as "deviceId", name, unit, value::float8 as value, grade
    from meter
    where device_id = any(${[...deviceIds]}::uuid[])
    order by name`
}

/** The value of the meter `total` by device id; a device that does not say it is missing. */
export async function lifeCountsOfDevices(
  sql: Sql,
  deviceIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await sql<{ deviceId: string; value: number }[]>`
    select device_id as "deviceId", value::float8 as value
    from meter
    where device_id = any(${[...deviceIds]}::uuid[]) and name = 'total'`
  return new Map(rows.map(row => [row.deviceId, row.value]))
}

/** One page of a meter's time series for each of the devices, oldest first. */
export async function meterReadingsOfDevices(
  sql: Sql,
  deviceIds: readonly string[],
  name: MeterName,
  page: SeriesPage,
): Promise<MeterReadingRow[]> {
  const source = {
    table: sql`meter_reading`,
    where: sql`name = ${name}::meter_name`,
    columns: sql`unit, value::float8 as value, grade`,
  }
  return listReadings<MeterReadingRow>(sql, deviceIds, source, page)
}
