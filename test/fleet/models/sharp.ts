import { type Model, ofEachColor, UTF8 } from './model.ts'

/** Colour multifunction printer; the fuser's level and maximum are unknown, the printer is hrDevice 5. */
export const sharp: Model = {
  make: 'Sharp',
  name: 'SHARP MX-SIM3061',
  objectId: '1.3.6.1.4.1.2385.3.1.8.999',
  description: 'SHARP MX-SIM3061',
  deviceId: 'MFG:SHARP;CMD:PCL6,POSTSCRIPT;MDL:MX-SIM3061;CLS:PRINTER;DES:SHARP MX-SIM3061;',
  firmware: '0300S100',
  serial: '95######',
  oui: '00:22:f3',
  hostName: 'SC',
  deviceIndex: 5,
  interfaceIndex: 1,
  charset: UTF8,
  pagesPerMinute: 30,
  colorShare: 0.4,
  counterUnit: 8,
  hasPwgCounters: false,
  hasAlerts: true,
  errorOctets: 2,
  firstSupply: 1,
  supplies: [
    ...ofEachColor(
      {
        kind: 'toner',
        description: '{color} Toner',
        pages: 24_000,
        unit: 'percent',
        capacity: 100,
        level: 'amount',
      },
      ['cyan', 'magenta', 'yellow', 'black'],
    ),
    {
      kind: 'wasteToner',
      description: 'Waste Toner',
      pages: 50_000,
      unit: 'percent',
      capacity: -2,
      level: 'amount',
    },
    {
      kind: 'fuser',
      description: 'Fusing Unit',
      pages: 300_000,
      unit: 'percent',
      capacity: -2,
      level: 'unknown',
    },
  ],
  trays: [
    { name: 'Tray 1', media: 'A4', capacity: 550, level: 'counted' },
    { name: 'Bypass Tray', media: 'A4', capacity: 100, level: -2 },
  ],
  privateRows: { '1.3.6.1.4.1.2385.1.1.19.2.1.3.5.4.60': 'total' },
}
