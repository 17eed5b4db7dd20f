/** What a simulated printer of one model is. Everything here is invented; OIDs and code numbers are the MIBs'. */
export interface Model {
  make: string
  /** hrDeviceDescr. */
  name: string
  /** sysObjectID, below the vendor's enterprise (IANA private enterprise numbers). */
  objectId: string
  /** sysDescr; {name}, {serial} and {firmware} are filled in. */
  description: string
  /** IEEE 1284 device id for the PWG port monitor MIB (PWG 5107.1); same fields. */
  deviceId: string
  firmware: string
  /** Pattern: each `?` becomes a letter, the run of `#` the digits of a number that no other device has. */
  serial: string
  /** The vendor's first three octets of a MAC address. */
  oui: string
  /** What the host name begins with; the end of the MAC follows. */
  hostName: string
  /** hrDeviceIndex of the printer: the first index of every Printer-MIB table. */
  deviceIndex: number
  /** ifIndex of the network interface; a loopback stands before it when it is 2. */
  interfaceIndex: 1 | 2
  /** MIBenum of the current localization's character set (RFC 3805 prtLocalizationCharacterSet), and its encoding. */
  charset: { id: number; encoding: 'utf8' | 'latin1' }
  pagesPerMinute: number
  /** Share of the pages that are in colour, 0 to 1. */
  colorShare: number
  /** prtMarkerCounterUnit: 7 impressions, 8 sheets. */
  counterUnit: 7 | 8
  /** Whether it has the counters of PWG 5106.3. */
  hasPwgCounters: boolean
  /** Whether it fills prtAlertTable; otherwise there are only the error bits. */
  hasAlerts: boolean
  /** Octets of hrPrinterDetectedErrorState. */
  errorOctets: 1 | 2
  /** prtMarkerSuppliesIndex of the first supply. */
  firstSupply: number
  supplies: readonly SupplyModel[]
  /** The first tray is the one that is printed from. */
  trays: readonly [TrayModel, ...TrayModel[]]
  /** The vendor's own rows. */
  privateRows: Readonly<Record<string, PrivateField>>
}

export type PrivateField = 'serial' | 'name' | 'firmware' | 'total' | 'monochrome' | 'color'

export interface SupplyModel {
  kind: SupplyKind
  /** prtMarkerColorantValue. */
  color?: string
  description: string
  /** Pages of the device until it is used up, or full. */
  pages: number
  unit: keyof typeof UNIT
  /** prtMarkerSuppliesMaxCapacity; -2 unknown. */
  capacity: number
  /** How the level is told: the amount, in steps of ten, only `some` (-3) until it is empty, or unknown (-2). */
  level: 'amount' | 'tens' | 'some' | 'unknown'
}

export interface TrayModel {
  name: string
  media: string
  capacity: number
  /** `counted` falls with the pages; a number is told as it is (-1, -2 and -3 are the MIB's special values). */
  level: 'counted' | number
}

/** PrtMarkerSuppliesSupplyUnitTC. */
export const UNIT = {
  other: 1,
  impressions: 7,
  sheets: 8,
  tenthsOfGrams: 13,
  tenthsOfMilliliters: 15,
  items: 18,
  percent: 19,
} as const

/** Bits of hrPrinterDetectedErrorState (RFC 2790), counted from the most significant. */
export const ERROR_BIT = {
  lowPaper: 0,
  noPaper: 1,
  lowToner: 2,
  noToner: 3,
  doorOpen: 4,
  jammed: 5,
  serviceRequested: 7,
  inputTrayEmpty: 13,
  overduePreventMaint: 14,
} as const

interface Kind {
  /** PrtMarkerSuppliesTypeTC. */
  type: number
  /** PrtMarkerSuppliesClassTC: 3 consumed, 4 filled. */
  class: 3 | 4
  /** PrtAlertCodeTC and error bit when little is left, and when nothing is. */
  low: readonly [code: number, bit: number]
  out: readonly [code: number, bit: number]
}

const TONER_LOW = [1104, ERROR_BIT.lowToner] as const
const TONER_OUT = [1101, ERROR_BIT.noToner] as const
const INK_LOW = [1105, ERROR_BIT.lowToner] as const
const INK_OUT = [1102, ERROR_BIT.noToner] as const
const NEAR_LIFE = [10, ERROR_BIT.serviceRequested] as const
const LIFE_OVER = [11, ERROR_BIT.overduePreventMaint] as const

export type SupplyKind = keyof typeof KINDS

/** The supplies of IANA-PRINTER-MIB that are simulated. */
export const KINDS = {
  toner: { type: 3, class: 3, low: TONER_LOW, out: TONER_OUT },
  tonerCartridge: { type: 21, class: 3, low: TONER_LOW, out: TONER_OUT },
  ink: { type: 5, class: 3, low: INK_LOW, out: INK_OUT },
  inkCartridge: { type: 6, class: 3, low: INK_LOW, out: INK_OUT },
  wasteToner: {
    type: 4,
    class: 4,
    low: [1107, ERROR_BIT.serviceRequested],
    out: [1109, ERROR_BIT.serviceRequested],
  },
  wasteInk: {
    type: 8,
    class: 4,
    low: [1108, ERROR_BIT.serviceRequested],
    out: [1110, ERROR_BIT.serviceRequested],
  },
  opc: {
    type: 9,
    class: 3,
    low: [1111, ERROR_BIT.serviceRequested],
    out: [1112, ERROR_BIT.overduePreventMaint],
  },
  developer: {
    type: 10,
    class: 3,
    low: [1113, ERROR_BIT.serviceRequested],
    out: [1114, ERROR_BIT.overduePreventMaint],
  },
  fuser: { type: 15, class: 3, low: NEAR_LIFE, out: LIFE_OVER },
  transferUnit: { type: 20, class: 3, low: NEAR_LIFE, out: LIFE_OVER },
} as const satisfies Record<string, Kind>

export const UTF8 = { id: 106, encoding: 'utf8' } as const
export const LATIN1 = { id: 4, encoding: 'latin1' } as const

/** One supply of each process colour, in the given order; `{color}` in the description is its name. */
export function ofEachColor(
  supply: Omit<SupplyModel, 'color'>,
  colors: readonly string[] = ['black', 'cyan', 'magenta', 'yellow'],
): SupplyModel[] {
  return colors.map(color => ({
    ...supply,
    color,
    description: supply.description.replace(
      '{color}',
      `${color.charAt(0).toUpperCase()}${color.slice(1)}`,
    ),
  }))
}
