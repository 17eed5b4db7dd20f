import { type Model, UTF8 } from './model.ts'

/** Monochrome laser; toner only told as "some left", drum in impressions. */
export const brother: Model = {
  make: 'Brother',
  name: 'Brother HL-SIM5210DW series',
  objectId: '1.3.6.1.4.1.2435.2.3.9.1',
  description: 'Brother NC-SIM10w, Firmware Ver.{firmware} ,MID 8C5-SIM',
  deviceId:
    'MFG:Brother;CMD:PJL,PCL,PCLXL;MDL:HL-SIM5210DW series;CLS:PRINTER;CID:Brother Laser Type1;',
  firmware: '1.23',
  serial: 'E70SIM?######',
  oui: '00:80:77',
  hostName: 'BRN',
  deviceIndex: 1,
  interfaceIndex: 1,
  charset: UTF8,
  pagesPerMinute: 48,
  colorShare: 0,
  counterUnit: 8,
  hasPwgCounters: false,
  hasAlerts: true,
  errorOctets: 1,
  firstSupply: 1,
  supplies: [
    {
      kind: 'tonerCartridge',
      color: 'black',
      description: 'Black Toner Cartridge',
      pages: 3000,
      unit: 'impressions',
      capacity: -2,
      level: 'some',
    },
    {
      kind: 'opc',
      description: 'Drum Unit',
      pages: 50_000,
      unit: 'impressions',
      capacity: 50_000,
      level: 'amount',
    },
  ],
  trays: [
    { name: 'Tray1', media: 'A4', capacity: 250, level: 'counted' },
    { name: 'MP Tray', media: 'A4', capacity: 50, level: -3 },
  ],
  privateRows: {
    '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1.0': 'serial',
    '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.17.0': 'firmware',
    '1.3.6.1.4.1.2435.2.4.3.2435.5.13.3.0': 'name',
  },
}
