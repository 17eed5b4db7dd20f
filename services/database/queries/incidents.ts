import type { Sql } from '../connect.ts'
import {
  all,
  type Fragment,
  type Keyed,
  type KeysetOrder,
  type KeysetPage,
  keyset,
} from './keyset.ts'

/** PrtAlertSeverityLevelTC, least severe first. */
export type Severity = 'other' | 'warning' | 'critical'

/** A condition of a device, from when it was first seen until it was no longer reported. */
export interface IncidentRow {
  id: string
  deviceId: string
  /** Who says so: a row of prtAlertTable, a bit of hrPrinterDetectedErrorState, or the monitor. */
  source: 'alert' | 'state' | 'monitor'
  severity: Severity
  code: string
  group: string | null
  description: string | null
  openedAt: Date
  /** Null: still open. */
  closedAt: Date | null
}

/** All that are given must hold. */
export interface IncidentFilter {
  open?: boolean | undefined
  minimumSeverity?: Severity | undefined
  deviceId?: string | undefined
  siteId?: string | undefined
  /** Opened then or later. */
  since?: Date | undefined
}

/** Newest first. */
export const INCIDENT_ORDER: KeysetOrder = {
  columns: [
    { by: 'i.opened_at', type: 'timestamptz' },
    { by: 'i.id', type: 'uuid' },
  ],
  descending: true,
}

const columns = (sql: Sql) => sql`
  i.id, i.device_id as "deviceId", i.source, i.severity, i.code, i."group", i.description,
  i.opened_at as "openedAt", i.closed_at as "closedAt"`

/** One page of the incidents that match, newest first. */
export async function listIncidents(
  sql: Sql,
  filter: IncidentFilter,
  page: KeysetPage,
): Promise<(IncidentRow & Keyed)[]> {
  const { siteId } = filter
  const paged = keyset(sql, INCIDENT_ORDER, page)
  return sql<(IncidentRow & Keyed)[]>`
    select ${columns(sql)}, ${paged.key}
    from incident i ${siteId === undefined ? sql`` : sql`join device d on d.id = i.device_id`}
    where ${matching(sql, filter)} and ${paged.within}
    order by ${paged.order}
    limit ${paged.limit}`
}

/** One page for each of the devices, newest first. */
export async function listIncidentsOfDevices(
  sql: Sql,
  deviceIds: readonly string[],
  filter: IncidentFilter,
  page: KeysetPage,
): Promise<(IncidentRow & Keyed)[]> {
  const paged = keyset(sql, INCIDENT_ORDER, page)
  return sql<(IncidentRow & Keyed)[]>`
    select page.*
    from unnest(${[...deviceIds]}::uuid[]) as wanted (device_id),
    lateral (
      select ${columns(sql)}, ${paged.key}
      from incident i
      where i.device_id = wanted.device_id and ${matching(sql, filter)} and ${paged.within}
      order by ${paged.order}
      limit ${paged.limit}
    ) page`
}

/** All open incidents of the devices, the most severe first, then the oldest. */
export async function openIncidentsOfDevices(
  sql: Sql,
  deviceIds: readonly string[],
): Promise<IncidentRow[]> {
  return sql<IncidentRow[]>`
    select ${columns(sql)}
    from incident i
    where i.device_id = any(${[...deviceIds]}::uuid[]) and i.closed_at is null
    order by i.severity desc, i.opened_at, i.id`
}

/** The incidents with these ids, in no order; unknown ids have no row. */
export async function incidentsById(sql: Sql, ids: readonly string[]): Promise<IncidentRow[]> {
  return sql<IncidentRow[]>`
    select ${columns(sql)} from incident i where i.id = any(${[...ids]}::uuid[])`
}

function matching(sql: Sql, { open, ...filter }: IncidentFilter): Fragment {
  const { minimumSeverity, deviceId, siteId, since } = filter
  return all(sql, [
    open === true && sql`i.closed_at is null`,
    open === false && sql`i.closed_at is not null`,
    minimumSeverity !== undefined && sql`i.severity >= ${minimumSeverity}::incident_severity`,
    deviceId !== undefined && sql`i.device_id = ${deviceId}`,
    siteId !== undefined && sql`d.site_id = ${siteId}`,
    since && sql`i.opened_at >= ${since}`,
  ])
}
