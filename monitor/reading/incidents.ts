import type { Severity } from '@platen/protocol'
import type { Rows } from '../snmp/index.ts'
import { ALERT_CODES, ALERT_GROUPS, HARDWARE_GROUPS, NORMAL_CODES } from './alert-codes.ts'
import type { OpenIncident } from './reading.ts'
import { column, indexesOf, known, named, wholeNumber } from './rows.ts'
import { readText } from './text.ts'

/** What stands open on the device: rows of prtAlertTable, then bits of hrPrinterDetectedErrorState. */
export function readIncidents(rows: Rows, charset?: number): OpenIncident[] {
  return [...readAlerts(rows, charset), ...readStates(rows)]
}

/** PrtAlertSeverityLevelTC; warningBinaryChangeEvent(5) is a warning too. */
const SEVERITIES: Readonly<Record<number, Severity>> = {
  1: 'other',
  3: 'critical',
  4: 'warning',
  5: 'warning',
}

function readAlerts(rows: Rows, charset?: number): OpenIncident[] {
  const severities = column(rows, 'prtAlertSeverityLevel')
  const groups = column(rows, 'prtAlertGroup')
  const codes = column(rows, 'prtAlertCode')
  const descriptions = column(rows, 'prtAlertDescription')
  return indexesOf([severities, groups, codes, descriptions]).flatMap(index => {
    const severity = named(SEVERITIES, severities.get(index)) ?? 'other'
    const code = codeName(wholeNumber(codes.get(index)))
    if (isNoCondition(severity, code)) return []
    const group = named(ALERT_GROUPS, groups.get(index))
    const isHardware = group !== undefined && HARDWARE_GROUPS.has(group)
    const description = isHardware ? readText(descriptions.get(index), charset) : undefined
    return [
      known<OpenIncident>({
        key: `alert.${index}`,
        source: 'alert',
        severity,
        code,
        group,
        description,
      }),
    ]
  })
}

/** The MIB's name; the number of a code that it does not name. */
function codeName(code: number | undefined): string {
  if (code === undefined || code <= 0) return 'unknown'
  return ALERT_CODES[code] ?? String(code)
}

/** Rows such as Epson's "Idle" and Brother's "Sleep" name no condition, others a normal one. */
function isNoCondition(severity: Severity, code: string): boolean {
  if (NORMAL_CODES.has(code)) return true
  return severity === 'other' && (code === 'other' || code === 'unknown')
}

/** Bits of hrPrinterDetectedErrorState, the most significant of the first octet first; what RFC 2790 calls down is critical. */
const STATES: readonly (readonly [name: string, severity: Severity])[] = [
  ['lowPaper', 'warning'],
  ['noPaper', 'critical'],
  ['lowToner', 'warning'],
  ['noToner', 'critical'],
  ['doorOpen', 'critical'],
  ['jammed', 'critical'],
  ['offline', 'critical'],
  ['serviceRequested', 'warning'],
  ['inputTrayMissing', 'warning'],
  ['outputTrayMissing', 'warning'],
  ['markerSupplyMissing', 'warning'],
  ['outputNearFull', 'warning'],
  ['outputFull', 'warning'],
  ['inputTrayEmpty', 'warning'],
  ['overduePreventMaint', 'warning'],
]

/** Devices send one octet, two, or none at all when nothing is wrong. */
function readStates(rows: Rows): OpenIncident[] {
  return [...column(rows, 'hrPrinterDetectedErrorState')].flatMap(([printer, value]) => {
    if (!(value instanceof Uint8Array)) return []
    return STATES.filter((_, bit) => isSet(value, bit)).map(
      ([name, severity]): OpenIncident => ({
        key: `state.${printer}.${name}`,
        source: 'state',
        severity,
        code: name,
      }),
    )
  })
}

function isSet(octets: Uint8Array, bit: number): boolean {
  return ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0
}
