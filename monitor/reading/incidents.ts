import type { Severity } from '@platen/protocol'
import type { Rows } from '../snmp/index.ts'
import { alertName, isNormal } from './alert-codes.ts'
import { ALERT_GROUPS, isAboutHardware } from './alert-groups.ts'
import type { OpenIncident } from './reading.ts'
import { column, count, indexesOf, known, named, wholeNumber } from './rows.ts'
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
    const code = count(codes.get(index))
    if (isNoCondition(severity, code)) return []
    const group = wholeNumber(groups.get(index))
    const text = isAboutHardware(group, code) ? descriptions.get(index) : undefined
    return [
      known<OpenIncident>({
        key: `alert.${index}`,
        source: 'alert',
        severity,
        code: codeName(code),
        group: named(ALERT_GROUPS, group),
        description: readText(text, charset),
      }),
    ]
  })
}

/** The registry's name; the number of a code that it does not name. */
function codeName(code: number | undefined): string {
  if (code === undefined || code === 0) return 'unknown'
  return alertName(code) ?? String(code)
}

/** Rows such as Epson's "Idle" and Brother's "Sleep" name no condition, others a normal one. */
function isNoCondition(severity: Severity, code = 0): boolean {
  return isNormal(code) || (severity === 'other' && code <= UNKNOWN)
}

const UNKNOWN = 2 // of PrtAlertCodeTC; 1 is other, 0 is no code

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
