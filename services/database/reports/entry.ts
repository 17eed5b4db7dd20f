import type { RefusalCode, Report } from '@platen/protocol'

/** A report and who sent it. */
export interface ReceivedReport {
  /** The monitor's name: the local part of its XMPP address. */
  monitor: string
  report: Report
}

/** What became of a report. All three are final: the monitor may forget it. */
export type WriteOutcome =
  | { result: 'stored' }
  | { result: 'duplicate' }
  | { result: 'refused'; code: RefusalCode; reason: string }

export interface MonitorRow {
  id: string
  name: string
  siteId: string
  /** When its own health was last observed: RFC 3339, UTC, milliseconds. */
  observedAt: string | null
}

/** A report that is to be stored, with its monitor; `deviceId` is set when it is about a device. */
export interface Entry {
  monitor: MonitorRow
  report: Report
  deviceId?: string
}

/** A device's row as far as reports change it, and as it was when it was locked. Times as in reports. */
export interface DeviceRow {
  id: string
  monitorId: string
  firstSeenAt: string
  lastSeenAt: string
  observedAt: Record<Section, string | null>
}

export const SECTIONS = ['asset', 'meters', 'supplies', 'trays', 'incidents'] as const
export type Section = (typeof SECTIONS)[number]

/** A time from the database as reports write it. */
export function toTime(date: Date): string
export function toTime(date: Date | null): string | null
export function toTime(date: Date | null): string | null {
  return date?.toISOString() ?? null
}
