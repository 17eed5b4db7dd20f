/**
 * What a monitor says about one device, or about itself. These types are the wire format's meaning; `format.ts` gives
 * them their XML form. Whatever is not known is absent: there is no zero, empty text or sentinel for "unknown".
 *
 * A section (`asset`, `meters`, `supplies`, `trays`, `incidents`, `monitor`) that is present states all of that
 * section; a section that is absent has not changed since the monitor's previous report about the same device.
 */
export interface Report {
  /** Identity of the outbox that numbered this report: 1 to 36 characters of [0-9a-z-]. A new outbox is a new epoch. */
  epoch: string
  /** Number within the epoch, 1 to 2^53 - 1, rising; gaps mean thinned reports. (monitor, epoch, seq) is unique. */
  seq: number
  /** When the monitor observed it: RFC 3339, UTC, milliseconds, e.g. 2026-11-23T08:00:00.000Z. */
  observedAt: string
  /**
   * The monitor's own lasting name for the device: 1 to 64 characters of [0-9A-Za-z._-]. Absent: about the monitor, with
   * the section `monitor` and no other.
   */
  device?: string
  /** W3C trace context of the poll (`traceparent`), present when that trace is sampled. */
  traceparent?: string
  asset?: Asset
  meters?: Meter[]
  supplies?: Supply[]
  trays?: Tray[]
  /** All incidents open now; one that is no longer listed has ended. */
  incidents?: Incident[]
  /** In reports without `device`, and only there. */
  monitor?: MonitorHealth
}

/** What the device is and where it stands. */
export interface Asset {
  make?: string
  model?: string
  serial?: string
  /** Six octets, lower-case hex with colons. */
  mac?: string
  hostName?: string
  /** IPv4 or IPv6 address at which the monitor reads it, without a zone. */
  address?: string
  /** Physical location as set on the device (sysLocation). */
  location?: string
  firmware?: string
}

/**
 * How well a figure is founded: A MIB text or checked against a device's own display; B two or more independent
 * sources agree; C one source.
 */
export type Grade = (typeof GRADES)[number]
export const GRADES = ['A', 'B', 'C'] as const

/** One counter over the device's life. At most one of each name in a report. */
export interface Meter {
  name: MeterName
  unit: MeterUnit
  /** 0 to 2^53 - 1. */
  value: number
  grade: Grade
}

/** Counters by meaning. `total` is the marker's life count (prtMarkerLifeCount); the others are PWG 5106.3 counters. */
export type MeterName = (typeof METER_NAMES)[number]
export const METER_NAMES = [
  'total',
  'monochrome',
  'color',
  'highlight',
  'blank',
  'two-sided',
  'sheets',
  'since-power-on',
] as const

/** PrtMarkerCounterUnitTC (RFC 3805), IANA-PRINTER-MIB names. */
export type MeterUnit = (typeof METER_UNITS)[number]
export const METER_UNITS = [
  'tenThousandthsOfInches',
  'micrometers',
  'characters',
  'lines',
  'impressions',
  'sheets',
  'dotRow',
  'hours',
  'feet',
  'meters',
  'unknown',
] as const

/**
 * An amount as the Printer MIB gives it: a number in the row's unit, `some` (-3: more than nothing, amount unknown) or
 * `unlimited` (-1: no restriction). Unknown (-2) is absent.
 */
export type Amount = number | 'some' | 'unlimited'

/** One row of prtMarkerSuppliesTable, or of a vendor's table that says more. */
export interface Supply {
  /**
   * The table's own index, e.g. "1.3" (hrDeviceIndex.prtMarkerSuppliesIndex): unique in a report, 1 to 64 characters of
   * [0-9A-Za-z._-].
   */
  index: string
  /** PrtMarkerSuppliesClassTC: `consumed` runs out, `filled` is a receptacle that fills up. */
  class?: SupplyClass
  type?: SupplyType
  /** Colorant value, lower case: black, cyan, magenta, yellow, or what the device names it. */
  color?: string
  description?: string
  unit?: SupplyUnit
  capacity?: number
  /** RFC 3805: what is left of a consumed supply; the room that is left in a receptacle. */
  level?: Amount
}

export type SupplyClass = (typeof SUPPLY_CLASSES)[number]
export const SUPPLY_CLASSES = ['other', 'consumed', 'filled'] as const

/** PrtMarkerSuppliesTypeTC (IANA-PRINTER-MIB), in the MIB's order from other(1). */
export type SupplyType = (typeof SUPPLY_TYPES)[number]
export const SUPPLY_TYPES = [
  'other',
  'unknown',
  'toner',
  'wasteToner',
  'ink',
  'inkCartridge',
  'inkRibbon',
  'wasteInk',
  'opc',
  'developer',
  'fuserOil',
  'solidWax',
  'ribbonWax',
  'wasteWax',
  'fuser',
  'coronaWire',
  'fuserOilWick',
  'cleanerUnit',
  'fuserCleaningPad',
  'transferUnit',
  'tonerCartridge',
  'fuserOiler',
  'water',
  'wasteWater',
  'glueWaterAdditive',
  'wastePaper',
  'bindingSupply',
  'bandingSupply',
  'stitchingWire',
  'shrinkWrap',
  'paperWrap',
  'staples',
  'inserts',
  'covers',
  'matteToner',
  'matteInk',
] as const

/** PrtMarkerSuppliesSupplyUnitTC (IANA-PRINTER-MIB). */
export type SupplyUnit = (typeof SUPPLY_UNITS)[number]
export const SUPPLY_UNITS = [
  'other',
  'unknown',
  'tenThousandthsOfInches',
  'micrometers',
  'impressions',
  'sheets',
  'hours',
  'thousandthsOfOunces',
  'tenthsOfGrams',
  'hundrethsOfFluidOunces',
  'tenthsOfMilliliters',
  'feet',
  'meters',
  'items',
  'percent',
] as const

/** One row of prtInputTable. */
export interface Tray {
  /** "hrDeviceIndex.prtInputIndex": unique in a report, 1 to 64 characters of [0-9A-Za-z._-]. */
  index: string
  name?: string
  media?: string
  /** PrtCapacityUnitTC. */
  unit?: TrayUnit
  capacity?: Amount
  level?: Amount
}

export type TrayUnit = (typeof TRAY_UNITS)[number]
export const TRAY_UNITS = [
  'other',
  'unknown',
  'tenThousandthsOfInches',
  'micrometers',
  'sheets',
  'feet',
  'meters',
  'items',
  'percent',
] as const

/** One condition that is open on the device. */
export interface Incident {
  /**
   * Lasting while the condition stands, unique in a report: e.g. "alert.7", "state.noPaper", "monitor.unreachable".
   * Like `code` and `group`: 1 to 64 characters of [0-9A-Za-z._-].
   */
  key: string
  /** Who says so: a row of prtAlertTable, a bit of hrPrinterDetectedErrorState, or the monitor itself. */
  source: IncidentSource
  severity: Severity
  /** PrtAlertCodeTC or error-state name where known, e.g. coverOpen, tonerEmpty, noPaper; for the monitor: unreachable, unreadable. */
  code: string
  /** PrtAlertGroupTC name where known, e.g. input, marker. */
  group?: string
  description?: string
  /** When the monitor first saw it: RFC 3339, UTC, milliseconds. */
  since: string
}

export type IncidentSource = (typeof INCIDENT_SOURCES)[number]
export const INCIDENT_SOURCES = ['alert', 'state', 'monitor'] as const

/** PrtAlertSeverityLevelTC; warningBinaryChangeEvent is `warning`. */
export type Severity = (typeof SEVERITIES)[number]
export const SEVERITIES = ['other', 'warning', 'critical'] as const

/** The monitor's own health. */
export interface MonitorHealth {
  version: string
  startedAt: string
  /** Devices it knows, and those of them that it could not read at the last attempt. */
  devices: number
  unreadable: number
  /** Completed sweeps over the configured networks since start. */
  sweeps: number
  /** Reports waiting in the outbox, their bytes on disk, and reports dropped by thinning since the outbox was made. */
  outboxReports: number
  outboxBytes: number
  thinned: number
}

/** What the ingest did with one batch: every report of the batch that is not refused is stored (now or before). */
export interface Receipt {
  stored: number
  refused: Refusal[]
}

export interface Refusal {
  epoch: string
  seq: number
  code: RefusalCode
  /**
   * Says why and, where it applies, the path of the offender, e.g. "report/supplies/supply[2]/@level"; never a value.
   * Up to 255 printable ASCII characters without " & < >: `encodeReceipt` makes others `?` and cuts the rest.
   */
  reason: string
}

/** `malformed`: never decodable. `unacceptable`: decodable, but it can't be stored. Both are final. */
export type RefusalCode = (typeof REFUSAL_CODES)[number]
export const REFUSAL_CODES = ['malformed', 'unacceptable'] as const
