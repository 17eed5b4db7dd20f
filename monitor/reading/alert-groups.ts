import { alertName } from './alert-codes.ts'

/** PrtAlertGroupTC (IANA-PRINTER-MIB, revision of 2019-07-08). */
export const ALERT_GROUPS: Readonly<Record<number, string>> = {
  1: 'other',
  2: 'unknown',
  3: 'hostResourcesMIBStorageTable',
  4: 'hostResourcesMIBDeviceTable',
  5: 'generalPrinter',
  6: 'cover',
  7: 'localization',
  8: 'input',
  9: 'output',
  10: 'marker',
  11: 'markerSupplies',
  12: 'markerColorant',
  13: 'mediaPath',
  14: 'channel',
  15: 'interpreter',
  16: 'consoleDisplayBuffer',
  17: 'consoleLights',
  18: 'alert',
  30: 'finDevice',
  31: 'finSupply',
  32: 'finSupplyMediaInput',
  33: 'finAttribute',
  50: 'scanDevice',
  51: 'scanner',
  52: 'scanMediaPath',
  60: 'faxDevice',
  61: 'faxModem',
  70: 'outputChannel',
}

/** Groups of hardware. The texts of others (channels, interpreters, consoles, fax) can hold names of users and jobs. */
const HARDWARE: ReadonlySet<string> = new Set([
  'generalPrinter',
  'cover',
  'localization',
  'input',
  'output',
  'marker',
  'markerSupplies',
  'markerColorant',
  'mediaPath',
  'finDevice',
  'finSupply',
  'finSupplyMediaInput',
  'finAttribute',
  'scanDevice',
  'scanner',
  'scanMediaPath',
])

/**
 * Whether an alert is about hardware, so that its text may be passed on. Where the device calls its group other or
 * unknown (Epson does), a code that belongs to a group of hardware says it too.
 */
export function isAboutHardware(group: number | undefined, code: number | undefined): boolean {
  const isNamed = group !== 1 && group !== 2
  const number = isNamed ? group : groupOfCode(code)
  const name = number === undefined ? undefined : ALERT_GROUPS[number]
  return name !== undefined && HARDWARE.has(name)
}

const FIN_DEVICE = 30

/** The hundreds of an alert code are its group (PrtAlertCodeTC); from 30000 on all are of finishing devices. */
function groupOfCode(code: number | undefined): number | undefined {
  if (code === undefined || alertName(code) === undefined) return undefined
  return code < 30_000 ? Math.floor(code / 100) : FIN_DEVICE
}
