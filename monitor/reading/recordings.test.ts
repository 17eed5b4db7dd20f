import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startFleet } from '@platen/test'
import { describe, expect, it } from 'vitest'
import { openSockets, type SnmpValue } from '../snmp/index.ts'
import { hasRecordings, loadRows, RECORDINGS } from '../testing/recordings.ts'
import { normalise, readDevice } from './index.ts'

const ADDRESS = '10.255.255.1'
const read = (name: string, file?: string) => normalise(loadRows(name, file), ADDRESS)

// Read in the recordings by eye: make, model, which row holds the serial number, and which interface the MAC. A dash is
// what the device does not say, or what the recording hides.
const IDENTITIES = `
brother-dcp-1618w               | Brother        | DCP-1618W                    | -        | -
brother-dcp-9020cdw             | Brother        | DCP-9020CDW series           | brother  | -
brother-hl-l8260cdw             | Brother        | HL-L8260CDW series           | standard | 1
brother-mfc-5490cn              | Brother        | MFC-5490CN                   | -        | -
brother-mfc-l2710dw             | Brother        | MFC-L2710DW series           | brother  | 1
canon-lbp6670                   | Canon          | LBP6670                      | standard | 1
dell-s5830dn                    | Dell           | S5830dn                      | standard | 2
epson-am-c550                   | Epson          | AM-C550                      | standard | 1
epson-cw-c6500au                | Epson          | CW-C6500Au                   | standard | 1
epson-st-c4100                  | Epson          | ST-C4100                     | standard | 1
epson-wf-c20600                 | Epson          | WF-C20600                    | standard | 1
epson-wf-c5790ba                | Epson          | WF-C5790BA                   | standard | 1
epson-wf-m5799                  | Epson          | WF-M5799                     | standard | 1
fuji-xerox-apeosport-vi-c4471   | Fuji Xerox     | ApeosPort-VI C4471           | standard | -
fujifilm-apeos-c7580            | Fujifilm       | Apeos C7580                  | standard | 1
hp-color-laserjet-flow-mfp-m880 | HP             | Color LaserJet flow MFP M880 | -        | 2
hp-color-laserjet-m452nw        | HP             | Color LaserJet M452nw        | -        | 2
hp-laserjet-mfp-m130nw          | HP             | LaserJet MFP M130nw          | standard | 2
konica-minolta-bizhub-25e       | Konica Minolta | bizhub 25e                   | -        | 1
konica-minolta-bizhub-c3110     | Konica Minolta | bizhub C3110                 | -        | 1
kyocera-cs-4053ci               | Kyocera        | CS 4053ci                    | standard | 1
kyocera-ecosys-p2040dw          | Kyocera        | ECOSYS P2040dw               | standard | 1
ricoh-aficio-mp-c3002           | Ricoh          | Aficio MP C3002              | standard | 1
samsung-m4080fx                 | Samsung        | M4080FX                      | -        | 1
sharp-mx-3570n                  | Sharp          | MX-3570N                     | standard | 1
utax-p-4532dn                   | UTAX           | P-4532DN                     | kyocera  | 1
xerox-altalink-c8045            | Xerox          | AltaLink C8045               | -        | -
zebra-tlp-2824-plus             | Zebra          | TLP 2824 Plus                | zebra    | 3`

const SERIALS: Record<string, string> = {
  standard: '1.3.6.1.2.1.43.5.1.1.17.1',
  brother: '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1.0',
  kyocera: '1.3.6.1.4.1.1347.43.5.1.1.28.1',
  zebra: '1.3.6.1.4.1.10642.200.19.5.0',
}
const PHYSICAL_ADDRESS = '1.3.6.1.2.1.2.2.1.6'

const identities = IDENTITIES.trim()
  .split('\n')
  .map(line => line.split('|').map(cell => cell.trim()))
  .map(([name = '', make, model, serial = '', port = '']) => ({ name, make, model, serial, port }))

describe.skipIf(!hasRecordings)('recorded printers', () => {
  it.each(identities)('$name is known by what it says', ({ name, make, model, serial, port }) => {
    const rows = loadRows(name)
    const serialRow = rows.get(SERIALS[serial] ?? '')
    const macRow = rows.get(`${PHYSICAL_ADDRESS}.${port}`)
    const { asset } = read(name)
    expect([asset.make, asset.model]).toEqual([make, model])
    expect(asset.serial).toBe(serial === '-' ? undefined : String(serialRow))
    expect(asset.mac?.replaceAll(':', '')).toBe(port === '-' ? undefined : hex(macRow))
  })

  it.each([
    { name: 'canon-lbp6670', firmware: 'R7.21', why: 'the vendor’s row' },
    { name: 'ricoh-aficio-mp-c3002', firmware: '2.20', why: 'the vendor’s row' },
    { name: 'utax-p-4532dn', firmware: '2TP_S000.003.402', why: 'the builder’s row' },
    { name: 'epson-am-c550', firmware: 'GL29P8', why: 'the row of the main part' },
    { name: 'zebra-tlp-2824-plus', firmware: 'V61.17.17Z', why: 'the vendor’s row' },
    { name: 'dell-s5830dn', firmware: 'LW62.DN4.P636', why: 'behind model and serial number' },
    { name: 'brother-hl-l8260cdw', firmware: undefined, why: 'sysDescr has the network card’s' },
    { name: 'hp-color-laserjet-m452nw', firmware: undefined, why: 'none is said' },
  ])('$name has the firmware $firmware: $why', ({ name, firmware }) => {
    expect(read(name).asset.firmware).toBe(firmware)
  })

  it('all say the same over the wire, where nothing is ever written to them', async () => {
    await using fleet = await startFleet({ devices: 0, recordings: fileURLToPath(RECORDINGS) })
    const sockets = openSockets()
    expect(fleet.recordings).toHaveLength(identities.length)
    for (const { address, recording } of fleet.recordings) {
      const agent = {
        sockets,
        address,
        port: fleet.port,
        credentials: { version: 'v2c', community: 'public' },
      } as const
      const overTheWire = await readDevice(agent, new AbortController().signal)
      expect(overTheWire).toEqual(normalise(loadRows(basename(recording.directory)), address))
    }
    expect(fleet.sets).toBe(0)
    sockets.close()
  })

  it.each([
    { name: 'brother-hl-l8260cdw', unit: 'sheets', total: 42976 },
    { name: 'brother-dcp-1618w', unit: 'unknown', total: 3914 },
    { name: 'epson-st-c4100', unit: 'impressions', total: 9 },
    { name: 'epson-wf-c20600', unit: 'impressions', total: 360841 },
    { name: 'ricoh-aficio-mp-c3002', unit: 'sheets', total: 271871 },
    { name: 'samsung-m4080fx', unit: 'impressions', total: 22934 },
    { name: 'xerox-altalink-c8045', unit: undefined, total: undefined },
  ])('$name has counted $total $unit', ({ name, unit, total }) => {
    const life = read(name).meters.find(meter => meter.name === 'total')
    expect([life?.unit, life?.value]).toEqual([unit, total])
  })

  it.each([
    {
      name: 'brother-hl-l8260cdw',
      at: '1.1',
      why: 'toner by a flag',
      want: {
        class: 'consumed',
        type: 'toner',
        color: 'black',
        unit: 'tenthsOfGrams',
        level: 'some',
        capacity: undefined,
      },
    },
    {
      name: 'brother-hl-l8260cdw',
      at: '1.5',
      why: 'a receptacle',
      want: { class: 'filled', type: 'wasteToner', color: undefined, level: 'some' },
    },
    {
      name: 'brother-hl-l8260cdw',
      at: '1.7',
      why: 'a drum by pages',
      want: { type: 'opc', unit: 'impressions', capacity: 30000, level: 22596 },
    },
    {
      name: 'kyocera-cs-4053ci',
      at: '1.1',
      why: 'a part number, coloured by the colorant table',
      want: { description: 'TK-8527C', color: 'cyan', level: 7500, capacity: 15000 },
    },
    {
      name: 'kyocera-cs-4053ci',
      at: '1.5',
      why: 'waste, no capacity',
      want: { class: 'filled', color: undefined, level: 'some', capacity: undefined },
    },
    {
      name: 'epson-wf-c20600',
      at: '1.2',
      why: 'the second black of one name, empty',
      want: { description: 'Black Ink Cartridge T02Q1', color: 'black', level: 0, unit: 'other' },
    },
    {
      name: 'fujifilm-apeos-c7580',
      at: '1.31',
      why: 'an index behind a gap',
      want: { description: 'Black Toner 2', level: 20700 },
    },
    {
      name: 'hp-color-laserjet-flow-mfp-m880',
      at: '1.2',
      why: 'a name behind a hex dump',
      want: {
        description: 'Cyan Cartridge 827A HP CF301A',
        color: 'cyan',
        level: 16,
        unit: 'percent',
      },
    },
    {
      name: 'hp-color-laserjet-flow-mfp-m880',
      at: '1.15',
      why: 'staples',
      want: {
        type: 'staples',
        unit: 'items',
        level: 'some',
        capacity: undefined,
        color: undefined,
      },
    },
    {
      name: 'sharp-mx-3570n',
      at: '1.5',
      why: 'a level without a capacity',
      want: { level: 100, capacity: undefined },
    },
    {
      name: 'sharp-mx-3570n',
      at: '1.14',
      why: 'neither level nor capacity',
      want: { level: undefined, capacity: undefined },
    },
    {
      name: 'ricoh-aficio-mp-c3002',
      at: '1.2',
      why: 'the room in the waste bottle, as it is',
      want: { type: 'wasteToner', level: 100, capacity: 100 },
    },
    {
      name: 'canon-lbp6670',
      at: '1.1',
      why: 'no colour in the name',
      want: { color: undefined, type: undefined, level: 70 },
    },
    {
      name: 'samsung-m4080fx',
      at: '1.1',
      why: 'no empty serial number',
      want: { description: 'Black Toner Cartridge' },
    },
    {
      name: 'xerox-altalink-c8045',
      at: '1.5',
      why: 'drums have no colour',
      want: { color: undefined, level: 50 },
    },
  ])('$name, supply $at: $why', ({ name, at, want }) => {
    const supply = read(name).supplies.find(({ index }) => index === at)
    expect({ ...supply }).toMatchObject(
      Object.fromEntries(Object.entries(want).filter(([, value]) => value !== undefined)),
    )
    for (const [key, value] of Object.entries(want)) {
      if (value === undefined) expect(supply).not.toHaveProperty(key)
    }
  })

  it.each([
    { name: 'epson-cw-c6500au', keys: ['alert.1.4', 'alert.1.5', 'alert.1.6', 'state.1.lowToner'] },
    {
      name: 'epson-wf-c20600',
      keys: ['alert.1.3', 'alert.1.4', 'alert.1.10', 'state.1.lowToner', 'state.1.noToner'],
    },
    { name: 'epson-wf-m5799', keys: ['alert.1.1'] },
    { name: 'epson-wf-c5790ba', keys: [] },
    { name: 'brother-hl-l8260cdw', keys: [] },
    { name: 'kyocera-cs-4053ci', keys: ['alert.1.1835'] },
    { name: 'kyocera-ecosys-p2040dw', keys: ['alert.1.23', 'alert.1.24'] },
    { name: 'samsung-m4080fx', keys: ['state.1.lowPaper'] },
    { name: 'sharp-mx-3570n', keys: ['state.1.lowToner'] },
  ])('$name has open incidents $keys', ({ name, keys }) => {
    expect(read(name).incidents.map(({ key }) => key)).toEqual(keys)
  })

  it('the label printer of two recordings has printed more since, and has a new maintenance box', () => {
    const [earlier, later] = ['walk-earlier.snmprec', 'walk.snmprec'].map(file =>
      read('epson-cw-c6500au', file),
    )
    expect(earlier?.meters[0]?.value).toBe(22)
    expect(later?.meters[0]?.value).toBe(7389)
    expect(earlier?.supplies[4]?.level).toBe(0)
    expect(later?.supplies[4]?.level).toBe(50)
  })

  it('no hidden value passes for one', () => {
    for (const { name } of identities) {
      expect(JSON.stringify(read(name))).not.toMatch(
        /private>|redacted|serial_number|XXXX|aa:bb:cc/,
      )
    }
  })
})

function hex(value: SnmpValue | undefined): string {
  return Buffer.from(value instanceof Uint8Array ? value : []).toString('hex')
}
