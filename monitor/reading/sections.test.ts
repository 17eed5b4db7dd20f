import { describe, expect, it } from 'vitest'
import { rowsOf } from '../testing/rows.ts'
import { readIncidents } from './incidents.ts'
import { readMeters } from './meters.ts'
import { readSupplies } from './supplies.ts'
import { readTrays } from './trays.ts'

describe('supplies', () => {
  const first = (content: Parameters<typeof rowsOf>[0]) => readSupplies(rowsOf(content))[0]

  it.each([
    { level: 40, want: 40, why: 'an amount' },
    { level: 0, want: 0, why: 'empty is an amount' },
    { level: -1, want: 'unlimited', why: 'other: no restriction' },
    { level: -2, want: undefined, why: 'unknown is absent' },
    { level: -3, want: 'some', why: 'more than nothing, amount unknown' },
    { level: -100, want: undefined, why: 'no meaning: unknown' },
    { level: '40', want: undefined, why: 'a text is no amount' },
  ])('level $level: $why', ({ level, want }) => {
    expect(first({ prtMarkerSuppliesLevel: { '1.1': level } })?.level).toBe(want)
  })

  it.each([
    { capacity: 100, want: 100 },
    { capacity: -1, want: undefined },
    { capacity: -2, want: undefined },
    { capacity: -3, want: undefined },
  ])('capacity $capacity is $want', ({ capacity, want }) => {
    expect(first({ prtMarkerSuppliesMaxCapacity: { '1.1': capacity } })?.capacity).toBe(want)
  })

  it('passes on the level of a receptacle as it is: the room that is left (RFC 3805)', () => {
    const row = first({
      prtMarkerSuppliesClass: { '1.5': 4 },
      prtMarkerSuppliesType: { '1.5': 4 },
      prtMarkerSuppliesSupplyUnit: { '1.5': 19 },
      prtMarkerSuppliesMaxCapacity: { '1.5': 100 },
      prtMarkerSuppliesLevel: { '1.5': 90 },
    })
    expect(row).toEqual({
      index: '1.5',
      class: 'filled',
      type: 'wasteToner',
      unit: 'percent',
      capacity: 100,
      level: 90,
    })
  })

  it('keeps rows of one name apart by index, of several printers too, and in order', () => {
    const rows = readSupplies(
      rowsOf({ prtMarkerSuppliesDescription: { '2.1': 'Black', '1.10': 'Black', '1.9': 'Black' } }),
    )
    expect(rows.map(({ index }) => index)).toEqual(['1.9', '1.10', '2.1'])
  })

  it.each([
    { why: 'by the colorant table', index: 2, text: 'TK-1C', want: 'cyan' },
    { why: 'the table wins over the text', index: 2, text: 'Black Toner', want: 'cyan' },
    {
      why: 'a row that points at no colorant has none',
      index: 0,
      text: 'Black Toner',
      want: undefined,
    },
    {
      why: 'a row that points nowhere is told by its text',
      index: 9,
      text: 'Toner (Magenta)',
      want: 'magenta',
    },
    { why: 'a colorant called unknown is none', index: 3, text: 'Toner', want: undefined },
    { why: 'a part number is no colour', index: undefined, text: 'TK-8527C', want: undefined },
    {
      why: 'two colours are not clear',
      index: undefined,
      text: 'Cyan/Magenta Ink',
      want: undefined,
    },
    {
      why: 'black for colour pages is not clear',
      index: undefined,
      text: 'Black (color) Drum',
      want: undefined,
    },
    { why: 'light cyan is not cyan', index: undefined, text: 'Light Cyan Ink', want: 'light cyan' },
    {
      why: 'a colour inside a word is none',
      index: undefined,
      text: 'Blackbird Fuser',
      want: undefined,
    },
    { why: 'no text, no colour', index: undefined, text: '', want: undefined },
  ])('colour: $why', ({ index, text, want }) => {
    const row = first({
      prtMarkerSuppliesColorantIndex: index === undefined ? {} : { '1.1': index },
      prtMarkerSuppliesDescription: { '1.1': text },
      prtMarkerColorantValue: { '1.1': 'black', '1.2': 'Cyan', '1.3': 'unknown', '2.1': 'yellow' },
    })
    expect(row?.color).toBe(want)
  })

  it('takes colorants from the same printer’s table', () => {
    const rows = rowsOf({
      prtMarkerSuppliesColorantIndex: { '2.1': 1 },
      prtMarkerSuppliesLevel: { '2.1': 5 },
      prtMarkerColorantValue: { '1.1': 'black', '2.1': 'yellow' },
    })
    expect(readSupplies(rows)[0]?.color).toBe('yellow')
  })

  it('leaves an empty serial number off the name of a part', () => {
    expect(first({ prtMarkerSuppliesDescription: { '1.1': 'Fuser S/N:' } })?.description).toBe(
      'Fuser',
    )
  })
})

describe('trays', () => {
  it('knows level and capacity by the same special values, and sheets by their unit', () => {
    const rows = rowsOf({
      prtInputName: { '1.1': 'Tray 1', '1.2': '' },
      prtInputDescription: { '1.2': 'Bypass' },
      prtInputMediaName: { '1.1': 'A4' },
      prtInputCapacityUnit: { '1.1': 8, '1.2': 99 },
      prtInputMaxCapacity: { '1.1': 500, '1.2': -2 },
      prtInputCurrentLevel: { '1.1': -3, '1.2': -2 },
    })
    expect(readTrays(rows)).toEqual([
      { index: '1.1', name: 'Tray 1', media: 'A4', unit: 'sheets', capacity: 500, level: 'some' },
      { index: '1.2', name: 'Bypass' },
    ])
  })
})

describe('meters', () => {
  it('are the first marker’s, in its unit', () => {
    const rows = rowsOf({
      prtMarkerCounterUnit: { '1.1': 8, '1.2': 7 },
      prtMarkerLifeCount: { '1.2': 9, '1.1': 1234 },
      prtMarkerPowerOnCount: { '1.1': 5 },
    })
    expect(readMeters(rows)).toEqual([
      { name: 'total', unit: 'sheets', value: 1234, grade: 'A' },
      { name: 'since-power-on', unit: 'sheets', value: 5, grade: 'A' },
    ])
  })

  it('have an unknown unit where the device gives none', () => {
    expect(readMeters(rowsOf({ prtMarkerLifeCount: { '1.1': 7 } }))).toEqual([
      { name: 'total', unit: 'unknown', value: 7, grade: 'A' },
    ])
  })

  it('are absent where the count is unknown', () => {
    expect(readMeters(rowsOf({ prtMarkerLifeCount: { '1.1': -2 } }))).toEqual([])
  })

  it('of PWG 5106.3 are those of the whole device, all its work, over its life', () => {
    const rows = rowsOf({
      icKeyServiceType: { 1: 11, 2: 3, 3: 3 },
      icKeySubunitIndex: { 1: 0, 2: 4, 3: 0 },
      icImpressionMonochromeImps: { '1.3.3': 1, '2.3.3': 2, '3.3.3': 300, '3.3.4': 4, '3.7.3': 5 },
      icImpressionFullColorImps: { '3.3.3': 200 },
      icTwoSidedTotalImps: { '3.3.3': 100 },
      icSheetTotalSheets: { '3.3.3': 400 },
    })
    expect(readMeters(rows).map(({ name, unit, value }) => [name, unit, value])).toEqual([
      ['monochrome', 'impressions', 300],
      ['color', 'impressions', 200],
      ['two-sided', 'impressions', 100],
      ['sheets', 'sheets', 400],
    ])
  })
})

describe('incidents', () => {
  const alert = (severity: number, group: number, code: number, description = '') =>
    readIncidents(
      rowsOf({
        prtAlertSeverityLevel: { '1.7': severity },
        prtAlertGroup: { '1.7': group },
        prtAlertCode: { '1.7': code },
        prtAlertDescription: { '1.7': description },
      }),
    )

  it('are rows of the alert table by the MIB’s names', () => {
    expect(alert(3, 8, 808, 'Load A4 in tray 1')).toEqual([
      {
        key: 'alert.1.7',
        source: 'alert',
        severity: 'critical',
        code: 'inputMediaSupplyEmpty',
        group: 'input',
        description: 'Load A4 in tray 1',
      },
    ])
  })

  it.each([
    { level: 3, want: 'critical' },
    { level: 4, want: 'warning' },
    { level: 5, want: 'warning' },
    { level: 1, want: 'other' },
    { level: 77, want: 'other' },
  ])('severity $level is $want', ({ level, want }) => {
    expect(alert(level, 13, 8)[0]?.severity).toBe(want)
  })

  it.each([
    { name: 'channel', group: 14 },
    { name: 'interpreter', group: 15 },
    { name: 'console', group: 16 },
    { name: 'unknown', group: 2 },
    { name: 'a vendor’s own', group: 999 },
  ])(
    'never pass on the text of group $name, which can hold the names of users and jobs',
    ({ group }) => {
      const [incident] = alert(4, group, 8, 'Job of J. Doe: salaries.pdf')
      expect(incident).toBeDefined()
      expect(incident).not.toHaveProperty('description')
    },
  )

  it.each([
    { name: 'a code of supplies', group: 1, code: 1108, want: 'Maintenance box nearly full' },
    { name: 'a code of a stapler', group: 2, code: 30208, want: 'Maintenance box nearly full' },
    { name: 'a code of any group', group: 1, code: 8, want: undefined },
    { name: 'a code of a fax modem', group: 1, code: 6114, want: undefined },
    { name: 'a vendor’s own code', group: 1, code: 1199, want: undefined },
    { name: 'a channel, whatever the code', group: 14, code: 1108, want: undefined },
  ])('pass on the text of a group without a name by the code: $name', ({ group, code, want }) => {
    expect(alert(4, group, code, 'Maintenance box nearly full')[0]?.description).toBe(want)
  })

  it('have the number of a code that has no name', () => {
    expect(alert(4, 5, 25_006)[0]?.code).toBe('25006')
  })

  it.each([
    { name: 'Sleep', severity: 0, group: 0, code: 0 },
    { name: 'Idle', severity: 1, group: 1, code: 1 },
    { name: 'powered up', severity: 4, group: 5, code: 503 },
    { name: 'cover closed again', severity: 5, group: 6, code: 4 },
  ])('are no normal states: $name', ({ severity, group, code }) => {
    expect(alert(severity, group, code)).toEqual([])
  })

  const states = (...octets: number[]) =>
    readIncidents(rowsOf({ hrPrinterDetectedErrorState: { 1: Buffer.from(octets) } })).map(
      ({ code, severity }) => `${code} ${severity}`,
    )

  it.each([
    { name: 'no octet', octets: [], want: [] },
    { name: 'zero', octets: [0], want: [] },
    { name: 'the first bit is the most significant', octets: [0x80], want: ['lowPaper warning'] },
    { name: 'several', octets: [0x30], want: ['lowToner warning', 'noToner critical'] },
    { name: 'all of one octet', octets: [0xff], want: expect.objectContaining({ length: 8 }) },
    {
      name: 'the second octet',
      octets: [0x04, 0x06],
      want: ['jammed critical', 'inputTrayEmpty warning', 'overduePreventMaint warning'],
    },
    { name: 'a bit without a meaning', octets: [0x00, 0x01], want: [] },
    { name: 'a third octet has none', octets: [0, 0, 0xff], want: [] },
  ])('error state: $name', ({ octets, want }) => {
    expect(states(...octets)).toEqual(want)
  })

  it('of several printers behind one agent have keys of their own', () => {
    const rows = rowsOf({
      hrPrinterDetectedErrorState: { 1: Buffer.from([0x40]), 3: Buffer.from([0x40]) },
    })
    expect(readIncidents(rows).map(({ key }) => key)).toEqual([
      'state.1.noPaper',
      'state.3.noPaper',
    ])
  })
})
