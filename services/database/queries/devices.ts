import type { Sql } from '../connect.ts'
import type { Severity } from './incidents.ts'
import {
  all,
  type Fragment,
  type Keyed,
  type KeysetOrder,
  type KeysetPage,
  keyset,
} from './keyset.ts'

/** A device as last reported; null is what it does not say. */
export interface DeviceRow {
  id: string
  siteId: string
  monitorId: string
  make: string | null
  model: string | null
  serial: string | null
  /** Six octets, lower-case hex with colons. */
  macAddress: string | null
  hostName: string | null
  address: string | null
  location: string | null
  firmware: string | null
  firstSeenAt: Date
  lastSeenAt: Date
  /** When each section was last read; null: never. */
  metersObservedAt: Date | null
  suppliesObservedAt: Date | null
  traysObservedAt: Date | null
  incidentsObservedAt: Date | null
}

/** All that are given must hold. Texts compare without regard to case. */
export interface DeviceFilter {
  siteId?: string | undefined
  monitorId?: string | undefined
  make?: string | undefined
  model?: string | undefined
  serial?: string | undefined
  /** Part of make, model, serial, host name, address or location. */
  search?: string | undefined
  hasOpenIncidents?: boolean | undefined
  /** Has an open incident at least this severe. */
  minimumSeverity?: Severity | undefined
  /** Has a supply known to hold less than this, in percent. */
  supplyBelowPercent?: number | undefined
  notSeenSince?: Date | undefined
}

const id = { by: 'd.id', type: 'uuid' } as const
/** A text that is not known sorts as empty. Each order has its index, except lastSeenAt: see the first migration. */
export const DEVICE_ORDERS = {
  id: [id],
  lastSeenAt: [{ by: 'd.last_seen_at', type: 'timestamptz' }, id],
  model: [
    { by: "coalesce(d.make, '')", type: 'text' },
    { by: "coalesce(d.model, '')", type: 'text' },
    id,
  ],
  serial: [{ by: "coalesce(d.serial, '')", type: 'text' }, id],
} as const satisfies Record<string, KeysetOrder['columns']>

const columns = (sql: Sql) => sql`
  d.id, d.site_id as "siteId", d.monitor_id as "monitorId", d.make, d.model, d.serial,
  d.mac::text as "macAddress", d.host_name as "hostName", host(d.address) as address, d.location, d.firmware,
  d.first_seen_at as "firstSeenAt", d.last_seen_at as "lastSeenAt",
  d.meters_observed_at as "metersObservedAt", d.supplies_observed_at as "suppliesObservedAt",
  d.trays_observed_at as "traysObservedAt", d.incidents_observed_at as "incidentsObservedAt"`

/** One page of the devices that match. */
export async function listDevices(
  sql: Sql,
  filter: DeviceFilter,
  order: KeysetOrder,
  page: KeysetPage,
): Promise<(DeviceRow & Keyed)[]> {
  const paged = keyset(sql, order, page)
  return sql<(DeviceRow & Keyed)[]>`
    select ${columns(sql)}, ${paged.key}
    from device d
    where ${matching(sql, filter)} and ${paged.within}
    order by ${paged.order}
    limit ${paged.limit}`
}

/** How many devices match: reads all of them. */
export async function countDevices(sql: Sql, filter: DeviceFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from device d where ${matching(sql, filter)}`
  return row?.count ?? 0
}

/** The devices with these ids, in no order; unknown ids have no row. */
export async function devicesById(sql: Sql, ids: readonly string[]): Promise<DeviceRow[]> {
  return sql<
    DeviceRow[]
  >`select ${columns(sql)} from device d where d.id = any(${[...ids]}::uuid[])`
}

function matching(sql: Sql, filter: DeviceFilter): Fragment {
  const same = (column: Fragment, text: string | undefined) =>
    text === undefined ? undefined : sql`lower(${column}) = lower(${text})`
  const { siteId, monitorId, search, hasOpenIncidents, minimumSeverity, supplyBelowPercent } =
    filter
  return all(sql, [
    siteId !== undefined && sql`d.site_id = ${siteId}`,
    monitorId !== undefined && sql`d.monitor_id = ${monitorId}`,
    same(sql`d.make`, filter.make),
    same(sql`d.model`, filter.model),
    same(sql`d.serial`, filter.serial),
    search !== undefined && mentions(sql, search),
    hasOpenIncidents !== undefined && sql`${hasOpenIncidents} = ${open(sql, 'other')}`,
    minimumSeverity !== undefined && open(sql, minimumSeverity),
    supplyBelowPercent !== undefined && supplyBelow(sql, supplyBelowPercent),
    filter.notSeenSince && sql`d.last_seen_at < ${filter.notSeenSince}`,
  ])
}

function mentions(sql: Sql, search: string): Fragment {
  const pattern = `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`
  return sql`concat_ws(' ', d.make, d.model, d.serial, d.host_name, host(d.address), d.location) ilike ${pattern}`
}

function open(sql: Sql, severity: Severity): Fragment {
  return sql`exists (select from incident i
    where i.device_id = d.id and i.closed_at is null and i.severity >= ${severity}::incident_severity)`
}

/** The same rule as the API's percentRemaining, which has a test that holds both to one table of cases. */
function supplyBelow(sql: Sql, percent: number): Fragment {
  return sql`exists (select from supply s,
      coalesce(s.capacity, case s.unit when 'percent' then 100 end) as whole
    where s.device_id = d.id and s.level between 0 and whole and whole > 0
      and 100 * s.level < ${percent}::float8 * whole)`
}
