import { type Model, ofEachColor, UTF8 } from './model.ts'

/** Colour multifunction printer; the waste bottle is the second row, levels in steps of ten. */
export const ricoh: Model = {
  make: 'Ricoh',
  name: 'RICOH IM SIM-C2500',
  objectId: '1.3.6.1.4.1.367.1.1',
  description: 'RICOH IM SIM-C2500 {firmware} / RICOH Network Printer C model',
  deviceId: 'MFG:RICOH;CMD:PJL,RPCS,PCL;MDL:IM SIM-C2500;CLS:PRINTER;DES:RICOH IM SIM-C2500;',
  firmware: '1.09.1',
  serial: '3089S?#####',
  oui: '00:26:73',
  hostName: 'RNP',
  deviceIndex: 1,
  interfaceIndex: 1,
  charset: UTF8,
  pagesPerMinute: 25,
  colorShare: 0.35,
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
        pages: 10_500,
        unit: 'percent',
        capacity: 100,
        level: 'tens',
      },
      ['black'],
    ),
    {
      kind: 'wasteToner',
      description: 'Waste Toner Bottle',
      pages: 80_000,
      unit: 'percent',
      capacity: 100,
      level: 'tens',
    },
    ...ofEachColor(
      {
        kind: 'toner',
        description: '{color} Toner',
        pages: 6000,
        unit: 'percent',
        capacity: 100,
        level: 'tens',
      },
      ['cyan', 'magenta', 'yellow'],
    ),
  ],
  trays: [
    { name: 'Tray 1', media: 'A4', capacity: 550, level: 'counted' },
    { name: 'Tray 2', media: 'A3', capacity: 550, level: 400 },
    { name: 'Bypass Tray', media: 'A4', capacity: 100, level: -2 },
  ],
  privateRows: {
    '1.3.6.1.4.1.367.3.2.1.1.1.1.0': 'name',
    '1.3.6.1.4.1.367.3.2.1.1.1.2.0': 'firmware',
    '1.3.6.1.4.1.367.3.2.1.2.1.4.0': 'serial',
    '1.3.6.1.4.1.367.3.2.1.2.19.1.0': 'total',
  },
}
