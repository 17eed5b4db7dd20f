import { COLUMNS, isOfPrinterMake, SYSTEM } from '../reading/index.ts'
import { isWithin, type Rows, SnmpError, type SnmpSession } from '../snmp/index.ts'

const PRINTER_MIB = '1.3.6.1.2.1.43'
const HR_DEVICE_PRINTER = '1.3.6.1.2.1.25.3.1.5'
// sysObjectIDs of the agents of Windows and of net-snmp, also by its earlier name, on computers.
const COMPUTERS = ['1.3.6.1.4.1.311.1.1.3', '1.3.6.1.4.1.8072.3.2', '1.3.6.1.4.1.2021.250']

/**
 * Tables of which every printer has one: its own serial number, character set, life count or supplies. Also those that
 * answer only part of the Printer-MIB.
 */
const EVIDENCE = [
  COLUMNS.hrDeviceType,
  COLUMNS.prtGeneralSerialNumber,
  COLUMNS.prtLocalizationCharacterSet,
  COLUMNS.prtMarkerLifeCount,
  COLUMNS.prtMarkerSuppliesDescription,
  COLUMNS.prtMarkerSuppliesLevel,
]

/**
 * What must be known of a device to tell whether it is a printer: two requests. One whose tables are nonsense is judged
 * by the system group alone: a broken printer shall be seen too. Rejects with SnmpError when it does not answer.
 */
export async function askForEvidence(session: SnmpSession): Promise<Rows> {
  const system = await session.get([SYSTEM.sysDescr, SYSTEM.sysObjectID])
  try {
    return new Map([...system, ...(await session.walk(EVIDENCE))])
  } catch (error) {
    if (!(error instanceof SnmpError) || error.code === 'closed') throw error
    return system
  }
}

/**
 * Printer-MIB rows, a printer among the host's devices (label printers may have only that), or the number of a make's
 * printers. Not a computer, which lists its print queues among its devices; nor a projector or scanner of such a make,
 * which may share that number.
 */
export function isPrinter(rows: Rows): boolean {
  if ([...rows.keys()].some(oid => isWithin(PRINTER_MIB, oid))) return true
  if ([...rows.values()].includes(HR_DEVICE_PRINTER)) return !isComputer(rows)
  return isOfPrinterMake(rows) && !isNoPrinterByName(rows)
}

function isComputer(rows: Rows): boolean {
  const objectId = rows.get(SYSTEM.sysObjectID)
  return typeof objectId === 'string' && COMPUTERS.some(base => isWithin(base, objectId))
}

function isNoPrinterByName(rows: Rows): boolean {
  const sysDescr = rows.get(SYSTEM.sysDescr)
  const text = sysDescr instanceof Uint8Array ? Buffer.from(sysDescr).toString('latin1') : ''
  return /\bscan(?:ner)?\b|\bprojector\b/i.test(text) && !/\bprinter\b/i.test(text)
}
