import { type Model, ofEachColor, UTF8 } from './model.ts'

/** Colour multifunction printer; supplies start at index 10, the printer is hrDevice 2. */
export const toshiba: Model = {
  make: 'Toshiba',
  name: 'TOSHIBA e-STUDIO SIM-2515AC',
  objectId: '1.3.6.1.4.1.1129.2.3.45.1',
  description: 'TOSHIBA e-STUDIO SIM-2515AC',
  deviceId: 'MFG:TOSHIBA;CMD:PCL,PS,XPS;MDL:e-STUDIO SIM-2515AC;CLS:PRINTER;SN:{serial};',
  firmware: 'T380SY0W4SIM',
  serial: 'CS?######',
  oui: '00:80:91',
  hostName: 'MFP',
  deviceIndex: 2,
  interfaceIndex: 2,
  charset: UTF8,
  pagesPerMinute: 25,
  colorShare: 0.3,
  counterUnit: 7,
  hasPwgCounters: true,
  hasAlerts: true,
  errorOctets: 2,
  firstSupply: 10,
  supplies: [
    ...ofEachColor({
      kind: 'toner',
      description: 'Toner {color}',
      pages: 33_000,
      unit: 'percent',
      capacity: 100,
      level: 'amount',
    }),
    {
      kind: 'wasteToner',
      description: 'Used Toner Container',
      pages: 64_000,
      unit: 'percent',
      capacity: 100,
      level: 'some',
    },
  ],
  trays: [
    { name: 'Upper Cassette', media: 'A4', capacity: 600, level: 'counted' },
    { name: 'Lower Cassette', media: 'A3', capacity: 600, level: -3 },
  ],
  privateRows: {
    '1.3.6.1.4.1.1129.2.3.50.1.2.3.1.3.1.1': 'name',
    '1.3.6.1.4.1.1129.2.3.50.1.3.21.6.1.2.1.4': 'total',
    '1.3.6.1.4.1.1129.2.3.50.1.3.21.6.1.2.1.3': 'monochrome',
    '1.3.6.1.4.1.1129.2.3.50.1.3.21.6.1.2.1.1': 'color',
  },
}
