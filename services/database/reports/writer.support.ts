import type { Report } from '@platen/protocol'
import { freshDatabase } from '../../../test/support/database.ts'
import { createSite } from '../accounts.ts'
import type { Sql } from '../connect.ts'
import type { ReceivedReport } from './entry.ts'
import { createReportWriter } from './writer.ts'

/** When tests take place, so that their reports are never too old. */
export const NOW = new Date('2026-11-23T12:00:00.000Z')

/** A time so many minutes after eight o'clock. */
export function at(minute: number): string {
  return new Date(Date.UTC(2026, 10, 23, 8, minute)).toISOString()
}

/** A report of a device, numbered by its minute unless told otherwise. */
export function about(
  device: string,
  minute: number,
  sections: Partial<Report>,
  monitor = 'north',
): ReceivedReport {
  const report = { epoch: 'e1', seq: minute + 1, observedAt: at(minute), device, ...sections }
  return { monitor, report }
}

/** A database with the monitors north and south at one site, and a writer. */
export async function databaseWithMonitors() {
  const database = await freshDatabase()
  const site = await createSite(database.sql, 'Head office')
  await database.sql`insert into monitor (name, site_id) values ('north', ${site}), ('south', ${site})`
  const writer = createReportWriter(database.as('platen_ingest'), { now: () => NOW })
  return {
    ...database,
    database,
    writer,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** All that reports lead to, by alias instead of by the database's own ids. */
export async function everything(sql: Sql) {
  const names = sql`(
    select device_id, min(monitor.name || '/' || key) as name
    from device_alias join monitor on monitor.id = monitor_id group by device_id) named`
  const read = (table: string, columns: string) => sql`
    select named.name as device, ${sql.unsafe(columns)}
    from ${sql(table)} t join ${names} using (device_id) order by 1, 2, 3, 4`
  return {
    devices: await sql`
      select named.name, make, serial, mac::text, first_seen_at, last_seen_at, asset_observed_at,
        meters_observed_at, supplies_observed_at, trays_observed_at, incidents_observed_at
      from device d join ${names} on named.device_id = d.id order by 1`,
    aliases: await sql`
      select monitor.name || '/' || key as alias, named.name as device
      from device_alias a join monitor on monitor.id = monitor_id join ${names} using (device_id) order by 1`,
    identities: await sql`
      select kind, value, named.name from device_identity join ${names} using (device_id) order by 1, 2`,
    meters: await read('meter', 't.name, unit, value, grade'),
    supplies: await read('supply', 'index, color, level, level_kind, capacity'),
    trays: await read('tray', 'index, t.name, level, level_kind'),
    incidents: await read('incident', 'opened_at, key, severity, closed_at'),
    meterReadings: await read('meter_reading', 'observed_at, t.name, value'),
    supplyReadings: await read('supply_reading', 'observed_at, index, level, level_kind'),
    assetReadings: await read('asset_reading', 'observed_at, asset::text, 1'),
    incidentReadings: await read('incident_reading', 'observed_at, incidents::text, 1'),
    received: await sql`
      select monitor.name, epoch, sequences from received_report join monitor on monitor.id = monitor_id order by 1, 2`,
  }
}
