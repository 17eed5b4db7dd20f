import {
  counter32,
  gauge32,
  integer,
  octets,
  oid,
  TAG,
  text,
  timeTicks,
  type Value,
} from './ber.ts'
import type { Device } from './identity.ts'
import type { Alert, State } from './life.ts'
import { ERROR_BIT, KINDS, type PrivateField, UNIT } from './models/model.ts'
import type { Row } from './table.ts'

const MIB2 = '1.3.6.1.2.1'
const HOST = `${MIB2}.25` // RFC 2790
const PRINTER = `${MIB2}.43` // RFC 3805
const PWG = '1.3.6.1.4.1.2699.1'

/** Everything that a simulated device in this state has to say, by the standard MIBs and its vendor's own rows. */
export function rowsOf(device: Device, state: State): Row[] {
  return [
    ...systemRows(device, state),
    ...interfaceRows(device),
    ...hostRows(device, state),
    ...generalRows(device, state),
    ...markerRows(device, state),
    ...supplyRows(device, state),
    ...trayRows(device, state),
    ...(device.model.hasAlerts ? state.alerts.flatMap(alert => alertRows(device, alert)) : []),
    ...pwgRows(device, state),
    ...Object.entries(device.model.privateRows).map(
      ([name, field]): Row => [name, privateValue(device, state, field)],
    ),
  ]
}

/** One conceptual row: values by column number, at an index. */
function tableRow(
  entry: string,
  index: number | string,
  columns: Readonly<Record<number, Value>>,
): Row[] {
  return Object.entries(columns).map(([column, value]) => [`${entry}.${column}.${index}`, value])
}

function fill(pattern: string, device: Device): string {
  return pattern
    .replace('{name}', device.model.name)
    .replace('{serial}', device.serial)
    .replace('{firmware}', device.model.firmware)
}

/** Text in the character set of the device's current localization. */
const localized = (device: Device, content: string): Value =>
  text(content, device.model.charset.encoding)

function systemRows(device: Device, state: State): Row[] {
  return tableRow(`${MIB2}.1`, 0, {
    1: text(fill(device.model.description, device)),
    2: oid(device.model.objectId),
    3: timeTicks(Math.floor(state.upTime * 100)),
    4: text(''),
    5: text(device.hostName),
    6: text(device.location),
    7: integer(72),
  })
}

function interfaceRows(device: Device): Row[] {
  const at = device.model.interfaceIndex
  const entry = `${MIB2}.2.2.1`
  const loopback = at === 1 ? [] : tableRow(entry, 1, link(1, 'lo', 24, Buffer.alloc(0)))
  const mac = Buffer.from(device.mac.replaceAll(':', ''), 'hex')
  return [
    [`${MIB2}.2.1.0`, integer(at)],
    ...loopback,
    ...tableRow(entry, at, link(at, 'eth0', 6, mac)),
    ...tableRow(`${MIB2}.4.20.1`, device.address, {
      1: ipAddress(device.address),
      2: integer(at),
      3: ipAddress('255.255.255.0'),
    }),
  ]
}

/** A row of ifTable; types 6 ethernetCsmacd, 24 softwareLoopback (IANAifType). */
function link(index: number, name: string, type: number, mac: Buffer): Record<number, Value> {
  return {
    1: integer(index),
    2: text(name),
    3: integer(type),
    4: integer(1500),
    5: gauge32(100_000_000),
    6: octets(mac),
    7: integer(1),
    8: integer(1),
  }
}

const ipAddress = (dotted: string): Value => ({
  tag: TAG.ipAddress,
  body: Buffer.from(dotted.split('.').map(Number)),
})

function hostRows(device: Device, state: State): Row[] {
  const index = device.model.deviceIndex
  return [
    [`${HOST}.2.2.0`, integer(524_288)],
    ...tableRow(`${HOST}.3.2.1`, index, {
      1: integer(index),
      2: oid(`${HOST}.3.1.5`),
      3: text(device.model.name),
      4: oid('0.0'),
      5: integer(deviceStatus(state)),
      6: counter32(0),
    }),
    ...tableRow(`${HOST}.3.5.1`, index, {
      1: integer(printerStatus(state)),
      2: octets(errorState(device, state)),
    }),
  ]
}

/** hrDeviceStatus: running(2), warning(3), down(5). */
function deviceStatus(state: State): number {
  if (state.alerts.some(alert => alert.isCritical)) return 5
  return state.alerts.length > 0 ? 3 : 2
}

/** hrPrinterStatus: other(1) while it is down, idle(3), printing(4). */
function printerStatus(state: State): number {
  if (deviceStatus(state) === 5) return 1
  return state.isPrinting ? 4 : 3
}

/** hrPrinterDetectedErrorState: bits from the most significant of the first octet on. */
function errorState(device: Device, state: State): Buffer {
  const octets = Buffer.alloc(device.model.errorOctets)
  for (const bit of errorBits(state)) {
    const at = bit >> 3
    if (at < octets.length) octets[at] = (octets[at] ?? 0) | (0x80 >> (bit & 7))
  }
  return octets
}

/** Numbers of the error bits that stand, whether or not the model has an octet for them. */
export function errorBits(state: State): number[] {
  const bits = new Set(state.alerts.map(alert => alert.bit))
  if (bits.has(ERROR_BIT.noPaper)) bits.add(ERROR_BIT.inputTrayEmpty)
  return [...bits].sort((a, b) => a - b)
}

function generalRows(device: Device, state: State): Row[] {
  const { deviceIndex: index, charset } = device.model
  const [critical] = state.alerts.filter(alert => alert.isCritical)
  return [
    ...tableRow(`${PRINTER}.5.1.1`, index, {
      1: counter32(3),
      2: integer(1),
      16: text(device.hostName),
      17: text(device.serial),
      18: counter32(state.events.critical),
      19: counter32(state.events.all),
    }),
    ...tableRow(`${PRINTER}.6.1.1`, `${index}.1`, {
      2: text('Front cover'),
      3: integer(critical?.bit === ERROR_BIT.doorOpen ? 3 : 4),
    }),
    ...tableRow(`${PRINTER}.7.1.1`, `${index}.1`, {
      2: text('en'),
      3: text(''),
      4: integer(charset.id),
    }),
    [`${PRINTER}.16.5.1.2.${index}.1`, localized(device, critical?.description ?? 'Ready')],
  ]
}

function markerRows(device: Device, state: State): Row[] {
  const { model } = device
  const isInk = model.supplies[0]?.kind === 'inkCartridge'
  return [
    ...tableRow(`${PRINTER}.10.2.1`, `${model.deviceIndex}.1`, {
      2: integer(isInk ? 12 : 4),
      3: integer(model.counterUnit),
      4: counter32(state.pages.total),
      5: counter32(state.pages.total - device.pagesAtStart),
      15: integer(0),
    }),
    ...colorsOf(device).flatMap((color, at) =>
      tableRow(`${PRINTER}.12.1.1`, `${model.deviceIndex}.${at + 1}`, {
        2: integer(1),
        3: integer(3),
        4: text(color),
      }),
    ),
  ]
}

/** The colorants in the order of prtMarkerColorantTable. */
function colorsOf(device: Device): string[] {
  return [...new Set(device.model.supplies.flatMap(supply => supply.color ?? []))]
}

function supplyRows(device: Device, state: State): Row[] {
  const colors = colorsOf(device)
  return device.model.supplies.flatMap((supply, at) => {
    const index = `${device.model.deviceIndex}.${device.model.firstSupply + at}`
    return tableRow(`${PRINTER}.11.1.1`, index, {
      2: integer(1),
      3: integer(supply.color ? colors.indexOf(supply.color) + 1 : 0),
      4: integer(KINDS[supply.kind].class),
      5: integer(KINDS[supply.kind].type),
      6: localized(device, supply.description),
      7: integer(UNIT[supply.unit]),
      8: integer(supply.capacity),
      9: integer(state.supplies[at] ?? -2),
    })
  })
}

function trayRows(device: Device, state: State): Row[] {
  const { model } = device
  const input = model.trays.flatMap((tray, at) =>
    tableRow(`${PRINTER}.8.2.1`, `${model.deviceIndex}.${at + 1}`, {
      2: integer(3),
      8: integer(UNIT.sheets),
      9: integer(tray.capacity),
      10: integer(state.trays[at] ?? -2),
      11: integer(0),
      12: text(tray.media),
      13: localized(device, tray.name),
      18: localized(device, tray.name),
    }),
  )
  const output = tableRow(`${PRINTER}.9.2.1`, `${model.deviceIndex}.1`, {
    2: integer(3),
    3: integer(UNIT.sheets),
    4: integer(250),
    5: integer(-3),
    6: integer(0),
    7: localized(device, 'Output tray'),
  })
  return [...input, ...output]
}

/** prtAlertSeverityLevel critical(3), warning(4); training untrained(3). */
function alertRows(device: Device, alert: Alert): Row[] {
  return tableRow(`${PRINTER}.18.1.1`, `${device.model.deviceIndex}.${alert.index}`, {
    2: integer(alert.isCritical ? 3 : 4),
    3: integer(3),
    4: integer(alert.group),
    5: integer(alert.groupIndex),
    6: integer(-2),
    7: integer(alert.code),
    8: localized(device, alert.description),
    9: timeTicks(Math.floor(alert.since * 100)),
  })
}

/** Port monitor MIB (PWG 5107.1), and imaging counters (PWG 5106.3) of the work's totals over the device's life. */
function pwgRows(device: Device, state: State): Row[] {
  const port = tableRow(`${PWG}.2.1.2.1.1`, 1, {
    2: text(device.model.name),
    3: text(fill(device.model.deviceId, device)),
  })
  if (!device.model.hasPwgCounters) return port
  const { total, monochrome, color } = state.pages
  const twoSided = Math.floor(total * 0.3)
  return [
    ...port,
    // Key 1 is that of the whole device: systemTotals(3), no subunit. Then workTotals(3), lifetime(3).
    ...tableRow(`${PWG}.3.1.2.1.1`, 1, {
      2: integer(3),
      3: integer(0),
      4: integer(2),
      5: integer(0),
    }),
    ...tableRow(`${PWG}.3.1.8.1.1`, '1.3.3', {
      4: counter32(total),
      5: counter32(monochrome),
      6: counter32(0),
      7: counter32(color),
      8: counter32(0),
    }),
    ...tableRow(`${PWG}.3.1.9.1.1`, '1.3.3', { 4: counter32(twoSided) }),
    ...tableRow(`${PWG}.3.1.10.1.1`, '1.3.3', { 4: counter32(total - twoSided) }),
  ]
}

function privateValue(device: Device, state: State, field: PrivateField): Value {
  switch (field) {
    case 'serial':
      return text(device.serial)
    case 'name':
      return text(device.model.name)
    case 'firmware':
      return text(device.model.firmware)
    default:
      return counter32(state.pages[field])
  }
}
