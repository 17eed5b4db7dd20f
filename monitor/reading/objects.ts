/** What every printer is asked: standard objects by their MIB names. */

/**
 * Scalars of the system group (RFC 3418), as instances. sysContact is never read: it names a person.
 */
export const SYSTEM = {
  sysDescr: '1.3.6.1.2.1.1.1.0',
  sysObjectID: '1.3.6.1.2.1.1.2.0',
  sysName: '1.3.6.1.2.1.1.5.0',
  sysLocation: '1.3.6.1.2.1.1.6.0',
  /** PWG 5107.1 port monitor: ppmPortIEEE1284DeviceId of the first port. */
  ppmPortIEEE1284DeviceId: '1.3.6.1.4.1.2699.1.2.1.2.1.1.3.1',
} as const

const PRT = '1.3.6.1.2.1.43'
const PWG = '1.3.6.1.4.1.2699.1.3.1'

/**
 * Columns of tables, by how many arcs their index has: a row with another index is nonsense. In the order in which they
 * are asked: those of one table stand together, as they end together. Never read: console texts (43.16),
 * prtGeneralCurrentOperator and prtGeneralServicePerson (43.5.1.1.4 and .5), jobs.
 */
const INDEXED_BY_1 = {
  // HOST-RESOURCES-MIB (RFC 2790): hrDeviceIndex
  hrDeviceType: '1.3.6.1.2.1.25.3.2.1.2',
  hrDeviceDescr: '1.3.6.1.2.1.25.3.2.1.3',
  hrPrinterDetectedErrorState: '1.3.6.1.2.1.25.3.5.1.2',
  // IF-MIB (RFC 2863): ifIndex
  ifPhysAddress: '1.3.6.1.2.1.2.2.1.6',
  ifOperStatus: '1.3.6.1.2.1.2.2.1.8',
  // Printer-MIB (RFC 3805): hrDeviceIndex
  prtGeneralCurrentLocalization: `${PRT}.5.1.1.2`,
  prtGeneralSerialNumber: `${PRT}.5.1.1.17`,
  // PWG 5106.3: icKeyIndex
  icKeyServiceType: `${PWG}.2.1.1.2`,
  icKeySubunitIndex: `${PWG}.2.1.1.5`,
} as const

const INDEXED_BY_2 = {
  // Printer-MIB (RFC 3805): hrDeviceIndex and the table's own
  prtLocalizationCharacterSet: `${PRT}.7.1.1.4`,
  prtMarkerCounterUnit: `${PRT}.10.2.1.3`,
  prtMarkerLifeCount: `${PRT}.10.2.1.4`,
  prtMarkerPowerOnCount: `${PRT}.10.2.1.5`,
  prtInputCapacityUnit: `${PRT}.8.2.1.8`,
  prtInputMaxCapacity: `${PRT}.8.2.1.9`,
  prtInputCurrentLevel: `${PRT}.8.2.1.10`,
  prtInputMediaName: `${PRT}.8.2.1.12`,
  prtInputName: `${PRT}.8.2.1.13`,
  prtInputDescription: `${PRT}.8.2.1.18`,
  prtMarkerSuppliesColorantIndex: `${PRT}.11.1.1.3`,
  prtMarkerSuppliesClass: `${PRT}.11.1.1.4`,
  prtMarkerSuppliesType: `${PRT}.11.1.1.5`,
  prtMarkerSuppliesDescription: `${PRT}.11.1.1.6`,
  prtMarkerSuppliesSupplyUnit: `${PRT}.11.1.1.7`,
  prtMarkerSuppliesMaxCapacity: `${PRT}.11.1.1.8`,
  prtMarkerSuppliesLevel: `${PRT}.11.1.1.9`,
  prtMarkerColorantValue: `${PRT}.12.1.1.4`,
  prtAlertSeverityLevel: `${PRT}.18.1.1.2`,
  prtAlertGroup: `${PRT}.18.1.1.4`,
  prtAlertCode: `${PRT}.18.1.1.7`,
  prtAlertDescription: `${PRT}.18.1.1.8`,
} as const

const INDEXED_BY_3 = {
  // PWG 5106.3 imaging counters: key, work type, persistence
  icImpressionMonochromeImps: `${PWG}.8.1.1.5`,
  icImpressionBlankImps: `${PWG}.8.1.1.6`,
  icImpressionFullColorImps: `${PWG}.8.1.1.7`,
  icImpressionHighlightColorImps: `${PWG}.8.1.1.8`,
  icTwoSidedTotalImps: `${PWG}.9.1.1.4`,
  icSheetTotalSheets: `${PWG}.10.1.1.4`,
} as const

const INDEXED_BY_4 = {
  // IP-MIB (RFC 4293): the IPv4 address
  ipAdEntIfIndex: '1.3.6.1.2.1.4.20.1.2',
} as const

export const COLUMNS = {
  ...INDEXED_BY_1,
  ...INDEXED_BY_2,
  ...INDEXED_BY_3,
  ...INDEXED_BY_4,
} as const

export type ColumnName = keyof typeof COLUMNS

/** How many arcs the index of a row of this column has. */
export function indexArcs(name: ColumnName): number {
  if (name in INDEXED_BY_1) return 1
  if (name in INDEXED_BY_2) return 2
  return name in INDEXED_BY_3 ? 3 : 4
}

export function isColumnName(name: string): name is ColumnName {
  return name in COLUMNS
}
