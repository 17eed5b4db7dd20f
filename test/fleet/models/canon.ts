import { LATIN1, type Model, ofEachColor } from './model.ts'

/** Colour multifunction printer; toner in steps of ten, alerts only as error bits. */
export const canon: Model = {
  make: 'Canon',
  name: 'Canon imageRUNNER SIM-C357',
  objectId: '1.3.6.1.4.1.1602.4.7',
  description: 'Canon imageRUNNER SIM-C357 /P',
  deviceId: 'MFG:Canon;CMD:LIPSLX,PCL;MDL:imageRUNNER SIM-C357;CLS:PRINTER;DES:Canon SIM-C357;',
  firmware: '66.08',
  serial: 'SM?#####',
  oui: '00:1e:8f',
  hostName: 'Canon',
  deviceIndex: 1,
  interfaceIndex: 1,
  charset: LATIN1,
  pagesPerMinute: 35,
  colorShare: 0.5,
  counterUnit: 7,
  hasPwgCounters: false,
  hasAlerts: false,
  errorOctets: 1,
  firstSupply: 1,
  supplies: [
    ...ofEachColor(
      {
        kind: 'toner',
        description: 'Canon SIM-T03 {color} Toner',
        pages: 19_000,
        unit: 'percent',
        capacity: 100,
        level: 'tens',
      },
      ['cyan', 'magenta', 'yellow', 'black'],
    ),
    {
      kind: 'wasteToner',
      description: 'Waste Toner Container',
      pages: 45_000,
      unit: 'percent',
      capacity: -2,
      level: 'some',
    },
  ],
  trays: [
    { name: 'Cassette 1', media: 'A4', capacity: 500, level: 'counted' },
    { name: 'Multi-Purpose Tray', media: 'A4', capacity: 100, level: -2 },
  ],
  privateRows: {
    '1.3.6.1.4.1.1602.1.1.1.1.0': 'name',
    '1.3.6.1.4.1.1602.1.1.1.4.0': 'firmware',
    '1.3.6.1.4.1.1602.1.2.1.4.0': 'serial',
    '1.3.6.1.4.1.1602.1.11.1.3.1.4.101': 'total',
  },
}
