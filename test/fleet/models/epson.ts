import { type Model, ofEachColor, UTF8 } from './model.ts'

/** Colour ink; the unit is other(1) with a maximum of 100, a maintenance box that fills up. */
export const epson: Model = {
  make: 'Epson',
  name: 'EPSON WF-SIM879R Series',
  objectId: '1.3.6.1.4.1.1248.1.1.2.1.3',
  description: 'EPSON Built-in 11b/g/n Print Server',
  deviceId:
    'MFG:EPSON;CMD:ESCPL2,BDC,D4;MDL:WF-SIM879R Series;CLS:PRINTER;DES:EPSON WF-SIM879R Series;SN:{serial};',
  firmware: '08.52.SIM',
  serial: 'XSIM######',
  oui: '00:26:ab',
  hostName: 'EPSON',
  deviceIndex: 1,
  interfaceIndex: 1,
  charset: UTF8,
  pagesPerMinute: 26,
  colorShare: 0.6,
  counterUnit: 7,
  hasPwgCounters: false,
  hasAlerts: true,
  errorOctets: 1,
  firstSupply: 1,
  supplies: [
    ...ofEachColor({
      kind: 'inkCartridge',
      description: '{color} Ink Supply Unit',
      pages: 20_000,
      unit: 'other',
      capacity: 100,
      level: 'amount',
    }),
    {
      kind: 'wasteInk',
      description: 'Maintenance Box',
      pages: 50_000,
      unit: 'other',
      capacity: 100,
      level: 'amount',
    },
  ],
  trays: [
    { name: 'Paper Cassette 1', media: 'A4', capacity: 250, level: 'counted' },
    { name: 'Rear Paper Feed', media: 'A4', capacity: 80, level: -2 },
  ],
  privateRows: {
    '1.3.6.1.4.1.1248.1.2.2.1.1.1.2.1': 'name',
    '1.3.6.1.4.1.1248.1.2.2.1.1.1.5.1': 'serial',
    '1.3.6.1.4.1.1248.1.2.2.27.1.1.30.1.1': 'total',
    '1.3.6.1.4.1.1248.1.2.2.27.1.1.3.1.1': 'monochrome',
    '1.3.6.1.4.1.1248.1.2.2.27.1.1.4.1.1': 'color',
  },
}
