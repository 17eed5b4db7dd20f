import { type Content, type RowFormat, rows, single } from './content.ts'
import { attributes, optional, required } from './element.ts'
import {
  address,
  amount,
  count,
  epoch,
  lowerCaseText,
  mac,
  oneOf,
  positive,
  reason,
  smallCount,
  text,
  time,
  token,
  traceparent,
} from './kinds.ts'
import { LIMITS } from './limits.ts'
import {
  type Asset,
  GRADES,
  INCIDENT_SOURCES,
  type Incident,
  METER_NAMES,
  METER_UNITS,
  type Meter,
  type MonitorHealth,
  REFUSAL_CODES,
  type Receipt,
  type Refusal,
  type Report,
  SEVERITIES,
  SUPPLY_CLASSES,
  SUPPLY_TYPES,
  SUPPLY_UNITS,
  type Supply,
  TRAY_UNITS,
  type Tray,
} from './report.ts'
import type { XmlElement } from './xml.ts'

// The closed tables of the wire format: every element and attribute there is. docs/protocol.md says the same in words.

type Sections = Pick<Report, 'asset' | 'meters' | 'supplies' | 'trays' | 'incidents' | 'monitor'>

export type ReportHead = Omit<Report, keyof Sections>

export const REPORT = attributes<ReportHead>({
  epoch: required(epoch),
  seq: required(positive),
  observedAt: required(time),
  device: optional(token),
  traceparent: optional(traceparent),
})

export const ASSET = attributes<Asset>({
  make: optional(text),
  model: optional(text),
  serial: optional(text),
  mac: optional(mac),
  hostName: optional(text),
  address: optional(address),
  location: optional(text),
  firmware: optional(text),
})

export const METER: RowFormat<Meter> = {
  element: 'meter',
  key: meter => meter.name,
  most: LIMITS.meters,
  attributes: attributes<Meter>({
    name: required(oneOf('Meter', METER_NAMES)),
    unit: required(oneOf('PrtMarkerCounterUnitTC', METER_UNITS)),
    value: required(count),
    grade: required(oneOf('Grade', GRADES)),
  }),
}

export const SUPPLY: RowFormat<Supply> = {
  element: 'supply',
  key: supply => supply.index,
  most: LIMITS.supplies,
  attributes: attributes<Supply>({
    index: required(token),
    class: optional(oneOf('PrtMarkerSuppliesClassTC', SUPPLY_CLASSES)),
    type: optional(oneOf('PrtMarkerSuppliesTypeTC', SUPPLY_TYPES)),
    color: optional(lowerCaseText),
    description: optional(text),
    unit: optional(oneOf('PrtMarkerSuppliesSupplyUnitTC', SUPPLY_UNITS)),
    capacity: optional(count),
    level: optional(amount),
  }),
}

export const TRAY: RowFormat<Tray> = {
  element: 'tray',
  key: tray => tray.index,
  most: LIMITS.trays,
  attributes: attributes<Tray>({
    index: required(token),
    name: optional(text),
    media: optional(text),
    unit: optional(oneOf('PrtCapacityUnitTC', TRAY_UNITS)),
    capacity: optional(amount),
    level: optional(amount),
  }),
}

export const INCIDENT: RowFormat<Incident> = {
  element: 'incident',
  key: incident => incident.key,
  most: LIMITS.incidents,
  attributes: attributes<Incident>({
    key: required(token),
    source: required(oneOf('IncidentSource', INCIDENT_SOURCES)),
    severity: required(oneOf('PrtAlertSeverityLevelTC', SEVERITIES)),
    code: required(token),
    group: optional(token),
    description: optional(text),
    since: required(time),
  }),
}

export const MONITOR = attributes<MonitorHealth>({
  version: required(text),
  startedAt: required(time),
  devices: required(smallCount),
  unreadable: required(smallCount),
  sweeps: required(smallCount),
  outboxReports: required(smallCount),
  outboxBytes: required(count),
  thinned: required(count),
})

export const RECEIPT = attributes<Omit<Receipt, 'refused'>>({
  stored: required(count),
})

export const REFUSED: RowFormat<Refusal> = {
  element: 'refused',
  key: reportKey,
  most: LIMITS.reportsPerBatch,
  attributes: attributes<Refusal>({
    epoch: required(epoch),
    seq: required(positive),
    code: required(oneOf('RefusalCode', REFUSAL_CODES)),
    reason: required(reason),
  }),
}

/** What tells the reports of one batch apart. */
export function reportKey({ epoch, seq }: { epoch: string; seq: number }): string {
  return `${epoch} ${seq}`
}

/** One section of a report: an element below `<report>`. */
export interface Section {
  readonly name: keyof Sections
  read(element: XmlElement, report: Sections): void
  /** Empty when the report does not have it. */
  write(report: Sections): string
}

/** In the order in which they are written; they are read in any. */
export const SECTIONS: readonly Section[] = [
  section('asset', single(ASSET)),
  section('meters', rows(METER)),
  section('supplies', rows(SUPPLY)),
  section('trays', rows(TRAY)),
  section('incidents', rows(INCIDENT)),
  section('monitor', single(MONITOR)),
]

function section<K extends keyof Sections>(
  name: K,
  content: Content<NonNullable<Sections[K]>>,
): Section {
  const path = `report/${name}`
  return {
    name,
    read: (element, report) => {
      report[name] = content.read(element, path)
    },
    write: report => {
      const value = report[name]
      return value === undefined ? '' : content.write(name, value, path)
    },
  }
}
