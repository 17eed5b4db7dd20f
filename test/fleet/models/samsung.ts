import { type Model, UTF8 } from './model.ts'

/** Monochrome; toner by impressions, no alert table. */
export const samsung: Model = {
  make: 'Samsung',
  name: 'Samsung SL-SIM4020ND',
  objectId: '1.3.6.1.4.1.236.11.5.1',
  description: 'Samsung SL-SIM4020ND; {firmware}; Engine 1.00.12; NIC V4.01.38; S/N {serial}',
  deviceId: 'MFG:Samsung;CMD:GDI,PCL6;MDL:SL-SIM4020ND;CLS:PRINTER;CID:SA_SPLV3;',
  firmware: 'V3.00.02.SIM',
  serial: 'ZSIMB######?',
  oui: '00:15:99',
  hostName: 'SEC',
  deviceIndex: 1,
  interfaceIndex: 1,
  charset: UTF8,
  pagesPerMinute: 40,
  colorShare: 0,
  counterUnit: 7,
  hasPwgCounters: false,
  hasAlerts: false,
  errorOctets: 2,
  firstSupply: 1,
  supplies: [
    {
      kind: 'toner',
      color: 'black',
      description: 'Black Toner S/N:CRUM-SIM0001',
      pages: 10_000,
      unit: 'impressions',
      capacity: 10_000,
      level: 'amount',
    },
    {
      kind: 'opc',
      description: 'Black Drum',
      pages: 30_000,
      unit: 'impressions',
      capacity: 30_000,
      level: 'amount',
    },
  ],
  trays: [{ name: 'Tray 1', media: 'A4', capacity: 250, level: 'counted' }],
  privateRows: {
    '1.3.6.1.4.1.236.11.5.1.1.1.1.0': 'name',
    '1.3.6.1.4.1.236.11.5.1.1.1.2.0': 'firmware',
    '1.3.6.1.4.1.236.11.5.1.1.1.4.0': 'serial',
  },
}
