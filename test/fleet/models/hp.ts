import { type Model, ofEachColor, UTF8 } from './model.ts'

const PRIVATE = '1.3.6.1.4.1.11.2.3.9.4.2.1' // HP's private MIB

/** Colour multifunction printer; levels in percent, PWG counters, HP's own serial and counter rows. */
export const hp: Model = {
  make: 'HP',
  name: 'HP Color LaserJet SIM-4200',
  objectId: '1.3.6.1.4.1.11.2.3.9.1',
  description:
    'HP ETHERNET MULTI-ENVIRONMENT,SN:{serial},FN:{firmware},SVCID:00000,PID:HP Color LaserJet SIM-4200',
  deviceId:
    'MFG:HP;CMD:PCL,PJL,POSTSCRIPT;MDL:HP Color LaserJet SIM-4200;CLS:PRINTER;DES:HP Color LaserJet SIM-4200;SN:{serial};',
  firmware: '2507401_000123',
  serial: 'SIM??#####',
  oui: '3c:d9:2b',
  hostName: 'NPI',
  deviceIndex: 1,
  interfaceIndex: 2,
  charset: UTF8,
  pagesPerMinute: 42,
  colorShare: 0.4,
  counterUnit: 7,
  hasPwgCounters: true,
  hasAlerts: true,
  errorOctets: 2,
  firstSupply: 1,
  supplies: [
    ...ofEachColor({
      kind: 'tonerCartridge',
      description: '{color} Cartridge SIM-410',
      pages: 5800,
      unit: 'percent',
      capacity: 100,
      level: 'amount',
    }),
    {
      kind: 'fuser',
      description: 'Fuser Kit SIM-42',
      pages: 150_000,
      unit: 'percent',
      capacity: 100,
      level: 'amount',
    },
    {
      kind: 'wasteToner',
      description: 'Toner Collection Unit',
      pages: 100_000,
      unit: 'percent',
      capacity: 100,
      level: 'some',
    },
  ],
  trays: [
    { name: 'Tray 2', media: 'na_letter_8.5x11in', capacity: 550, level: 'counted' },
    { name: 'Tray 1', media: 'any', capacity: 100, level: 0 },
  ],
  privateRows: {
    [`${PRIVATE}.1.3.2.0`]: 'name',
    [`${PRIVATE}.1.3.3.0`]: 'serial',
    [`${PRIVATE}.1.3.6.0`]: 'firmware',
    [`${PRIVATE}.4.1.2.5.0`]: 'total',
    [`${PRIVATE}.4.1.2.6.0`]: 'monochrome',
    [`${PRIVATE}.4.1.2.7.0`]: 'color',
  },
}
