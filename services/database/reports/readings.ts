import type { Transaction } from '../connect.ts'
import { amountColumns } from './amount.ts'
import { copyCells, copyRow } from './copy.ts'
import type { Entry } from './entry.ts'

/** The readings of reports, as COPY text for each table. */
export interface Readings {
  asset_reading: string
  meter_reading: string
  supply_reading: string
  incident_reading: string
}

/** One statement a table, with COPY: the fastest way in, and partitions are found by PostgreSQL. */
export async function insertReadings(tx: Transaction, entries: Entry[]): Promise<void> {
  for (const [table, rows] of Object.entries(readingsOf(entries))) {
    if (rows !== '') await tx.copy(table, rows)
  }
}

/** Columns in the order of the tables. */
export function readingsOf(entries: Entry[]): Readings {
  const readings: Readings = {
    asset_reading: '',
    meter_reading: '',
    supply_reading: '',
    incident_reading: '',
  }
  for (const { deviceId, report } of entries) {
    if (deviceId === undefined) continue
    const key = copyCells([deviceId, report.observedAt])
    readings.asset_reading += document(key, report.asset)
    readings.incident_reading += document(key, report.incidents)
    for (const { name, unit, value, grade } of report.meters ?? []) {
      readings.meter_reading += copyRow(key, [name, unit, value, grade])
    }
    for (const { index, capacity, level } of report.supplies ?? []) {
      readings.supply_reading += copyRow(key, [index, capacity, ...amountColumns(level)])
    }
  }
  return readings
}

function document(key: string, content: object | undefined): string {
  return content === undefined ? '' : copyRow(key, [JSON.stringify(content)])
}
