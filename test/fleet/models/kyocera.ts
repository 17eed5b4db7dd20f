import { LATIN1, type Model } from './model.ts'

/** Monochrome; toner in impressions, a receptacle named in German Latin-1. */
export const kyocera: Model = {
  make: 'Kyocera',
  name: 'ECOSYS SIM-P3145dn',
  objectId: '1.3.6.1.4.1.1347.41',
  description: 'KYOCERA Document Solutions Printing System',
  deviceId: 'ID:ECOSYS SIM-P3145dn;MFG:Kyocera;CMD:PCLXL,PJL;MDL:ECOSYS SIM-P3145dn;CLS:PRINTER;',
  firmware: '2TS_SIM0.002.015',
  serial: 'VS?#######',
  oui: '00:c0:ee',
  hostName: 'KM',
  deviceIndex: 1,
  interfaceIndex: 1,
  charset: LATIN1,
  pagesPerMinute: 45,
  colorShare: 0,
  counterUnit: 7,
  hasPwgCounters: false,
  hasAlerts: true,
  errorOctets: 1,
  firstSupply: 1,
  supplies: [
    {
      kind: 'toner',
      color: 'black',
      description: 'TK-SIM3160',
      pages: 12_500,
      unit: 'impressions',
      capacity: 12_500,
      level: 'amount',
    },
    {
      kind: 'wasteToner',
      description: 'Resttonerbehälter',
      pages: 60_000,
      unit: 'impressions',
      capacity: -2,
      level: 'some',
    },
  ],
  trays: [
    { name: 'CASSETTE 1', media: 'A4', capacity: 500, level: 'counted' },
    { name: 'MP TRAY', media: 'A4', capacity: 100, level: -3 },
  ],
  privateRows: {
    '1.3.6.1.4.1.1347.43.5.1.1.28.1': 'serial',
    '1.3.6.1.4.1.1347.43.5.4.1.5.1.1': 'firmware',
    '1.3.6.1.4.1.1347.43.10.1.1.12.1.1': 'total',
  },
}
