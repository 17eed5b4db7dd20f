import type { Asset } from '@platen/protocol'
import { type Mapping, PROFILES, type Profile, profileOf } from '../profiles/index.ts'
import type { Rows } from '../snmp/index.ts'
import { type DeviceId, parseDeviceId } from './device-id.ts'
import { macOf } from './mac.ts'
import { leadingMake, makeOfObjectId, withoutMake } from './makes.ts'
import { SYSTEM } from './objects.ts'
import { column, known } from './rows.ts'
import { readText } from './text.ts'

const HR_DEVICE_PRINTER = '1.3.6.1.2.1.25.3.1.5'

/** What names the device, of everything it says about itself. */
interface Names {
  deviceId: DeviceId
  hrDeviceDescr: string | undefined
  sysDescr: string | undefined
  sysObjectID: string | undefined
}

/** What the device is and where it stands. `polled` is the address at which it was read. */
export function readAsset(rows: Rows, polled: string, charset?: number): Asset {
  const names = readNames(rows)
  const { make, profile } = whose(names)
  const serial = serialOf(rows, names, profile)
  return known<Asset>({
    make,
    model: modelOf(rows, names, { make, profile, serial }),
    serial,
    mac: macOf(rows, polled),
    hostName: readText(rows.get(SYSTEM.sysName), charset),
    address: polled,
    location: readText(rows.get(SYSTEM.sysLocation), charset),
    firmware: firstAnswer(rows, profile?.firmware) ?? firmwareBehind(serial, names.hrDeviceDescr),
  })
}

/** The profile of whoever built the device. */
export function readProfile(rows: Rows): Profile | undefined {
  return whose(readNames(rows)).profile
}

/** Whether its own words or number are those of a known make's printers. */
export function isOfPrinterMake(rows: Rows): boolean {
  return makeOfObjectId(readNames(rows).sysObjectID) !== undefined
}

function readNames(rows: Rows): Names {
  const objectId = rows.get(SYSTEM.sysObjectID)
  const hrDeviceDescr = printerDescription(rows)
  return {
    deviceId: readDeviceId(rows, hrDeviceDescr) ?? {},
    hrDeviceDescr,
    sysDescr: readText(rows.get(SYSTEM.sysDescr)),
    sysObjectID: typeof objectId === 'string' ? objectId : undefined,
  }
}

/** hrDeviceDescr of the first printer among the devices; of the first device where no types are given. */
function printerDescription(rows: Rows): string | undefined {
  const types = column(rows, 'hrDeviceType')
  const descriptions = column(rows, 'hrDeviceDescr')
  const printer = [...types].find(([, type]) => type === HR_DEVICE_PRINTER)
  if (printer) return readText(descriptions.get(printer[0]))
  const [first] = descriptions.values()
  return types.size === 0 ? readText(first) : undefined
}

/** From the port monitor, a vendor's row, or (Genicom) hrDeviceDescr. */
function readDeviceId(rows: Rows, hrDeviceDescr: string | undefined): DeviceId | undefined {
  const oids = [SYSTEM.ppmPortIEEE1284DeviceId, ...DEVICE_ID_OIDS]
  const texts = [...oids.map(oid => deviceIdText(rows, oid)), hrDeviceDescr]
  for (const text of texts) {
    const id = text === undefined ? undefined : parseDeviceId(text)
    if (id) return id
  }
  return undefined
}

export const DEVICE_ID_OIDS: readonly string[] = PROFILES.flatMap(
  ({ deviceId }) => deviceId?.oid ?? [],
)

/** In full: a device id is often longer than a report's text may be. */
function deviceIdText(rows: Rows, oid: string): string | undefined {
  const value = rows.get(oid)
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : undefined
}

/**
 * The brand on the device, and the profile of whoever built it. The device id's manufacturer is meant for this. Next,
 * the name before the model, which is the brand's also where another company built it (UTAX by Kyocera, Lanier by
 * Ricoh). sysDescr often describes the network card instead: only then the sysObjectID, which is the builder's.
 */
function whose(names: Names): { make?: string; profile?: Profile } {
  const { deviceId, hrDeviceDescr, sysDescr, sysObjectID } = names
  const byNumber = makeOfObjectId(sysObjectID)
  const make =
    leadingMake(deviceId.manufacturer) ??
    leadingMake(deviceId.model) ??
    leadingMake(hrDeviceDescr) ??
    (isNetworkCard(sysDescr) ? undefined : leadingMake(sysDescr)) ??
    byNumber
  const name = make?.name ?? readText(deviceId.manufacturer)
  return known({ make: name, profile: profileOf(make) ?? profileOf(byNumber) })
}

function isNetworkCard(sysDescr: string | undefined): boolean {
  return /MULTI-ENVIRONMENT|JETDIRECT|Print Server|^Brother NC-/i.test(sysDescr ?? '')
}

/**
 * The printer's serial number: the standard row, the vendor's own, the device id's. prtGeneralSerialNumber of the first
 * printer; a print server's or a module's serial number is not the printer's, so ENTITY-MIB is not asked.
 */
function serialOf(
  rows: Rows,
  { deviceId }: Names,
  profile: Profile | undefined,
): string | undefined {
  const [standard] = column(rows, 'prtGeneralSerialNumber').values()
  const answers = [
    readText(standard),
    ...(profile?.serial ?? []).map(({ oid }) => readText(rows.get(oid))),
    readText(deviceId.serial),
  ]
  return answers.find(answer => answer !== undefined && !isPlaceholder(answer))
}

/** What stands where no serial number is: HP's NVRAM reset leaves X, others leave zeros; recordings hide it by a word. */
function isPlaceholder(serial: string): boolean {
  return /^(?:X+|0+|[-?.*]+|serial[_ ]number|unknown|none|n\/a|not available|null|undefined)$/i.test(
    serial,
  )
}

interface Owner {
  make: string | undefined
  profile: Profile | undefined
  serial: string | undefined
}

/**
 * The model by the name that says most. The vendor's own row first, then hrDeviceDescr; the device id later, as it may
 * name a family or a model that the driver suits (a Brother MFC-L2710DW says MFC-8440); sysDescr last. "Generic 28C-1"
 * names nothing; a family ("M408x Series") counts only when nothing else is there.
 */
function modelOf(rows: Rows, names: Names, { make, profile, serial }: Owner): string | undefined {
  const { deviceId, hrDeviceDescr, sysDescr } = names
  const isId = hrDeviceDescr !== undefined && parseDeviceId(hrDeviceDescr) !== undefined
  const candidates = [
    firstAnswer(rows, profile?.model),
    isId ? undefined : hrDeviceDescr,
    readText(deviceId.description),
    readText(deviceId.model),
    modelInSysDescr(sysDescr),
  ]
  const models = candidates
    .flatMap(name => (name === undefined ? [] : withoutSerial(withoutMake(name, make), serial)))
    .filter(name => name !== '' && !/^generic\b/i.test(name))
  return models.find(name => !isFamily(name)) ?? models[0]
}

/** "M408x Series", "LaserJet MFP M129-M134". */
function isFamily(name: string): boolean {
  return /\dx series$/i.test(name) || /\d+-[A-Z]\d+$/.test(name)
}

/**
 * "Xerox WorkCentre 6605DN; Network 90.66, ...", "LANIER MP C3501/LD635C 2.01 / LANIER Network Scanner", "Canon LBP6670
 * /P": what stands behind the model is about parts of the device.
 */
function modelInSysDescr(sysDescr: string | undefined): string | undefined {
  if (!sysDescr || !leadingMake(sysDescr) || isNetworkCard(sysDescr)) return undefined
  const name = sysDescr.replace(/(?:(?: \d+\.\d+)? \/|[;,]| version ).*$/, '')
  return /Printing System|Built-in|Projector|Scan/i.test(name) ? undefined : name
}

/** Lexmark, also as Dell, puts serial number and firmware behind the model: "S1dn 7ABC123 LW1.P1". */
function withoutSerial(name: string, serial: string | undefined): string {
  const words = name.split(' ')
  const at = serialWord(words, serial)
  return at > 0 ? words.slice(0, at).join(' ') : name
}

function firmwareBehind(serial: string | undefined, hrDeviceDescr = ''): string | undefined {
  const words = hrDeviceDescr.split(' ')
  const at = serialWord(words, serial)
  const behind = at > 0 ? words[at + 1] : undefined
  return behind && /^\w+(?:\.\w+)+$/.test(behind) ? behind : undefined
}

/** Which of the words is the serial number, or its beginning; -1 for none. */
function serialWord(words: readonly string[], serial: string | undefined): number {
  return words.findIndex(word => word.length >= 5 && serial?.startsWith(word))
}

function firstAnswer(rows: Rows, mappings: readonly Mapping[] = []): string | undefined {
  for (const { oid } of mappings) {
    const text = readText(rows.get(oid))
    if (text !== undefined) return text
  }
  return undefined
}
