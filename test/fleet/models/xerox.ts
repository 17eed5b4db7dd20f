import { type Model, ofEachColor, UTF8 } from './model.ts'

/** Colour multifunction printer; supplies start at index 2, names in French UTF-8, PWG counters. */
export const xerox: Model = {
  make: 'Xerox',
  name: 'Xerox VersaLink SIM-C7025',
  objectId: '1.3.6.1.4.1.253.8.62.1.40.999.1.1.1',
  description: 'Xerox VersaLink SIM-C7025; System {firmware}, Controller 1.77.1, Engine 11.5.0',
  deviceId: 'MFG:Xerox;CMD:PCL,POSTSCRIPT;MDL:VersaLink SIM-C7025;CLS:PRINTER;DES:Xerox SIM-C7025;',
  firmware: '58.77.21',
  serial: 'S?X######',
  oui: '00:00:aa',
  hostName: 'XRX',
  deviceIndex: 1,
  interfaceIndex: 1,
  charset: UTF8,
  pagesPerMinute: 25,
  colorShare: 0.45,
  counterUnit: 7,
  hasPwgCounters: true,
  hasAlerts: true,
  errorOctets: 2,
  firstSupply: 2,
  supplies: [
    ...ofEachColor({
      kind: 'tonerCartridge',
      description: '{color} Toner Cartridge;SN0123456789ABCD',
      pages: 15_300,
      unit: 'impressions',
      capacity: 15_300,
      level: 'amount',
    }),
    {
      kind: 'wasteToner',
      description: 'Réceptacle de toner usagé',
      pages: 43_000,
      unit: 'impressions',
      capacity: 43_000,
      level: 'amount',
    },
  ],
  trays: [
    { name: 'Bac 1', media: 'iso_a4_210x297mm', capacity: 520, level: 'counted' },
    { name: 'Bac 5', media: 'any', capacity: 100, level: 0 },
  ],
  privateRows: {
    '1.3.6.1.4.1.253.8.53.3.2.1.3.1': 'serial',
    '1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.1': 'total',
    '1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.33': 'color',
    '1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.34': 'monochrome',
  },
}
