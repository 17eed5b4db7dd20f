import type { Sql } from '../connect.ts'
import { all, type Keyed, type KeysetOrder, type KeysetPage, keyset } from './keyset.ts'

/** A monitor; its own health is null before its first report. */
export interface MonitorRow {
  id: string
  siteId: string
  name: string
  createdAt: Date
  lastContactAt: Date | null
  observedAt: Date | null
  version: string | null
  startedAt: Date | null
  deviceCount: number | null
  unreadableCount: number | null
  sweeps: number | null
  outboxReports: number | null
  outboxBytes: number | null
  thinnedReports: number | null
}

/** By name, which is unique. */
export const MONITOR_ORDER: KeysetOrder = { columns: [{ by: 'm.name', type: 'text' }] }

const columns = (sql: Sql) => sql`
  m.id, m.site_id as "siteId", m.name, m.created_at as "createdAt",
  m.last_contact_at as "lastContactAt", m.observed_at as "observedAt", m.version,
  m.started_at as "startedAt", m.devices as "deviceCount", m.unreadable as "unreadableCount", m.sweeps,
  m.outbox_reports as "outboxReports", m.outbox_bytes::float8 as "outboxBytes",
  m.thinned::float8 as "thinnedReports"`

/** One page of the monitors, of one site if `siteId` is given, by name. */
export async function listMonitors(
  sql: Sql,
  { siteId }: { siteId?: string | undefined },
  page: KeysetPage,
): Promise<(MonitorRow & Keyed)[]> {
  const paged = keyset(sql, MONITOR_ORDER, page)
  return sql<(MonitorRow & Keyed)[]>`
    select ${columns(sql)}, ${paged.key}
    from monitor m
    where ${all(sql, [siteId !== undefined && sql`m.site_id = ${siteId}`])} and ${paged.within}
    order by ${paged.order}
    limit ${paged.limit}`
}

/** The monitors with these ids, in no order; unknown ids have no row. */
export async function monitorsById(sql: Sql, ids: readonly string[]): Promise<MonitorRow[]> {
  return sql<MonitorRow[]>`
    select ${columns(sql)} from monitor m where m.id = any(${[...ids]}::uuid[])`
}
