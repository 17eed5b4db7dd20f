import { describe, expect, it } from 'vitest'
import { rowsOf } from '../testing/rows.ts'
import { readAsset } from './identity.ts'

const asset = (content: Parameters<typeof rowsOf>[0], more = {}) =>
  readAsset(rowsOf(content, more), '10.1.2.3')

const PRINTER = '1.3.6.1.2.1.25.3.1.5'
const EPSON_MODEL = '1.3.6.1.4.1.1248.1.2.2.1.1.1.2.1'
const BROTHER_SERIAL = '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1.0'

describe('make and model', () => {
  it.each([
    {
      why: 'the device id names the brand, whoever built the device',
      rows: {
        ppmPortIEEE1284DeviceId: 'MFG:Hewlett-Packard;MDL:HP LaserJet 9;',
        sysObjectID: '1.3.6.1.4.1.236.11.5.1',
      },
      want: ['HP', 'LaserJet 9'],
    },
    {
      why: 'a long key is as good as a short one',
      rows: { ppmPortIEEE1284DeviceId: 'MANUFACTURER:Zebra Technologies;MODEL:ZTC ABC 12;' },
      want: ['Zebra', 'ABC 12'],
    },
    {
      why: 'a maker that the table does not know is named as it names itself',
      rows: { ppmPortIEEE1284DeviceId: 'MFG:Nobody Ltd;MDL:N-1;' },
      want: ['Nobody Ltd', 'N-1'],
    },
    {
      why: 'the brand before the model wins over the builder’s number',
      rows: {
        sysObjectID: '1.3.6.1.4.1.367.1.1',
        sysDescr: 'LANIER MP 1/LD2 2.01 / LANIER Network Printer C model',
      },
      want: ['Lanier', 'MP 1/LD2'],
    },
    {
      why: 'the scanner in a copier is a part of it and does not hide its model',
      rows: { sysDescr: 'RICOH MP 1 1.09 / RICOH Network Printer / RICOH Network Scanner C model' },
      want: ['Ricoh', 'MP 1'],
    },
    {
      why: 'what a system or a projector calls itself is no model',
      rows: { sysDescr: 'EPSON Network Projector' },
      want: ['Epson', undefined],
    },
    {
      why: 'words of the network card say nothing about the printer',
      rows: {
        sysObjectID: '1.3.6.1.4.1.1347.41',
        sysDescr: 'HP ETHERNET MULTI-ENVIRONMENT,ROM J.sp.00,JETDIRECT EX',
      },
      want: ['Kyocera', undefined],
    },
    {
      why: 'nor do those of an external print server',
      rows: {
        sysDescr: 'AXIS OfficeBasic Parallel Network Print Server',
        hrDeviceDescr: { 1: 'EPSON Stylus 1' },
      },
      want: ['Epson', 'Stylus 1'],
    },
    {
      why: 'the longest name counts: Fuji Xerox is not Xerox',
      rows: { sysDescr: 'FUJI XEROX DocuPrint C1; Net 16.41' },
      want: ['Fuji Xerox', 'DocuPrint C1'],
    },
    {
      why: 'a name begins a word, it is no part of one',
      rows: { sysDescr: 'HPC cluster', hrDeviceDescr: { 1: 'OkiLAN 1' } },
      want: [undefined, 'OkiLAN 1'],
    },
    {
      why: 'the make stands before the model once, twice or not at all',
      rows: { hrDeviceDescr: { 1: 'Hewlett-Packard hp LaserJet 1' } },
      want: ['HP', 'LaserJet 1'],
    },
    {
      why: 'the first printer among the devices gives its name, not the first device',
      rows: {
        hrDeviceType: { 1: '1.3.6.1.2.1.25.3.1.3', 7: PRINTER, 9: PRINTER },
        hrDeviceDescr: { 1: 'ARM CPU', 7: 'Sharp MX-1', 9: 'Sharp MX-2' },
      },
      want: ['Sharp', 'MX-1'],
    },
    {
      why: 'hrDeviceDescr wins over a device id that suits another model’s driver',
      rows: {
        hrDeviceDescr: { 1: 'Brother MFC-1' },
        ppmPortIEEE1284DeviceId: 'MFG:Brother;MDL:MFC-2;',
      },
      want: ['Brother', 'MFC-1'],
    },
    {
      why: 'a family is no model while something says more',
      rows: { hrDeviceDescr: { 1: 'Samsung M408x Series' }, sysDescr: 'Samsung M4080FX; V11.01' },
      want: ['Samsung', 'M4080FX'],
    },
    {
      why: 'a family is better than nothing',
      rows: { hrDeviceDescr: { 1: 'Samsung M408x Series' } },
      want: ['Samsung', 'M408x Series'],
    },
    {
      why: '"Generic" is never a model',
      rows: {
        hrDeviceDescr: { 1: 'Generic 28C-1' },
        sysObjectID: '1.3.6.1.4.1.18334.1.1.1.2.1.117',
      },
      want: ['Konica Minolta', undefined],
    },
    {
      why: 'serial number and firmware behind the model are not the model',
      rows: {
        hrDeviceDescr: { 1: 'Dell X1dn 7ABC123 LW1.P1' },
        prtGeneralSerialNumber: { 1: '7ABC123-132' },
      },
      want: ['Dell', 'X1dn'],
    },
    { why: 'a device that says nothing has neither', rows: {}, want: [undefined, undefined] },
  ])('$why', ({ rows, want }) => {
    const { make, model } = asset(rows)
    expect([make, model]).toEqual(want)
  })

  it('takes the vendor’s own row for the model first', () => {
    const { model } = asset(
      { hrDeviceDescr: { 1: 'EPSON AM-1 Series' } },
      { [EPSON_MODEL]: 'AM-1' },
    )
    expect(model).toBe('AM-1')
  })
})

describe('serial number', () => {
  it.each([
    'XXXXXXXXXX',
    '0000000',
    '',
    '   ',
    '<private>',
    'serial_number',
    'Unknown',
    'N/A',
    '----',
    '\0\0\0',
  ])('"%s" stands where none is', serial => {
    expect(asset({ prtGeneralSerialNumber: { 1: serial } }).serial).toBeUndefined()
  })

  it.each(['0012345', 'ABCD012345', 'X0F0008528', '7ABC123-132'])(
    '"%s" is one, kept as it is',
    serial => {
      expect(asset({ prtGeneralSerialNumber: { 1: serial } }).serial).toBe(serial)
    },
  )

  it('is the first printer’s, whatever its hrDeviceIndex', () => {
    expect(asset({ prtGeneralSerialNumber: { 10: 'B', 5: 'A' } }).serial).toBe('A')
  })

  it('comes from the vendor’s row where the standard one is a placeholder', () => {
    const rows = { hrDeviceDescr: { 1: 'Brother X' }, prtGeneralSerialNumber: { 1: 'XXXXXXXXX' } }
    expect(asset(rows, { [BROTHER_SERIAL]: 'E1' }).serial).toBe('E1')
  })

  it('is not read from another vendor’s row, which may mean something else', () => {
    expect(
      asset({ hrDeviceDescr: { 1: 'Canon X' } }, { [BROTHER_SERIAL]: 'E1' }).serial,
    ).toBeUndefined()
  })

  it('comes from the device id at last, but not from SN, which some write in hex', () => {
    expect(asset({ ppmPortIEEE1284DeviceId: 'MFG:Kyocera;MDL:X;SER:VD1;' }).serial).toBe('VD1')
    expect(asset({ ppmPortIEEE1284DeviceId: 'MFG:EPSON;MDL:X;SN:583845;' }).serial).toBeUndefined()
  })
})

describe('MAC', () => {
  const A = Buffer.from('0017c8000001', 'hex')
  const B = Buffer.from('0017c8000002', 'hex')
  const UP = 1
  const DOWN = 2
  it.each([
    {
      why: 'of the interface that holds the polled address',
      rows: { ifPhysAddress: { 1: A, 2: B }, ipAdEntIfIndex: { '10.1.2.3': 2, '10.9.9.9': 1 } },
      want: '00:17:c8:00:00:02',
    },
    {
      why: 'of the one that holds the only address, where the monitor sees the device by another',
      rows: {
        ifPhysAddress: { 1: A, 2: B },
        ipAdEntIfIndex: { '127.0.0.1': 3, '0.0.0.0': 1, '192.168.7.7': 2 },
      },
      want: '00:17:c8:00:00:02',
    },
    {
      why: 'of the only interface that has one',
      rows: { ifPhysAddress: { 1: '', 2: B } },
      want: '00:17:c8:00:00:02',
    },
    {
      why: 'of the only interface that is up',
      rows: { ifPhysAddress: { 1: A, 2: B }, ifOperStatus: { 1: DOWN, 2: UP } },
      want: '00:17:c8:00:00:02',
    },
    {
      why: 'none where two interfaces are as likely',
      rows: { ifPhysAddress: { 1: A, 2: B }, ifOperStatus: { 1: UP, 2: UP } },
      want: undefined,
    },
    {
      why: 'none that is locally administered, which is not unique',
      rows: { ifPhysAddress: { 1: Buffer.from('aabbccddeeff', 'hex') } },
      want: undefined,
    },
    {
      why: 'none of zeros, of a group, or of another length',
      rows: {
        ifPhysAddress: {
          1: Buffer.alloc(6),
          2: Buffer.from('ffffffffffff', 'hex'),
          3: Buffer.alloc(8, 4),
        },
      },
      want: undefined,
    },
  ])('$why', ({ rows, want }) => {
    expect(asset(rows).mac).toBe(want)
  })
})
