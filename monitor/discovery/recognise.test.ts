import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hasRecordings, loadRows, RECORDINGS } from '../testing/recordings.ts'
import { rowsOf } from '../testing/rows.ts'
import { isPrinter } from './recognise.ts'

describe('what is a printer', () => {
  it.each([
    {
      name: 'a device with a row of the Printer-MIB',
      rows: rowsOf({ sysObjectID: '1.3.6.1.4.1.99999.1', prtMarkerLifeCount: { '1.1': 12 } }),
    },
    {
      name: 'a label printer without the Printer-MIB, by its hrDeviceType, wherever that row stands',
      rows: rowsOf({ hrDeviceType: { 1: '1.3.6.1.2.1.25.3.1.3', 4: '1.3.6.1.2.1.25.3.1.5' } }),
    },
    {
      name: 'a printer with a computer’s agent inside, by its Printer-MIB',
      rows: rowsOf({ sysObjectID: '1.3.6.1.4.1.8072.3.2.10', prtMarkerLifeCount: { '1.1': 12 } }),
    },
    {
      name: 'a device with nothing but the number of a make of printers',
      rows: rowsOf({ sysObjectID: '1.3.6.1.4.1.10642.1.1', sysDescr: 'ZBR' }),
    },
  ])('$name', ({ rows }) => {
    expect(isPrinter(rows)).toBe(true)
  })

  it.each([
    {
      name: 'a switch',
      rows: rowsOf({ sysObjectID: '1.3.6.1.4.1.9.1.1', sysDescr: 'Some IOS Software' }),
    },
    {
      name: 'a switch of a maker of printers',
      rows: rowsOf({ sysObjectID: '1.3.6.1.4.1.11.2.3.7.11.1', sysDescr: 'HP ProCurve Switch' }),
    },
    {
      name: 'a server of a maker of printers',
      rows: rowsOf({ sysObjectID: '1.3.6.1.4.1.674.10892.5', sysDescr: 'Dell iDRAC' }),
    },
    {
      name: 'a Windows print server, which lists its queues as printers',
      rows: rowsOf({
        sysObjectID: '1.3.6.1.4.1.311.1.1.3.1.2',
        sysDescr: 'Hardware: Intel64 - Software: Windows',
        hrDeviceType: { 1: '1.3.6.1.2.1.25.3.1.5' },
      }),
    },
    {
      name: 'a Linux computer with print queues',
      rows: rowsOf({
        sysObjectID: '1.3.6.1.4.1.8072.3.2.10',
        hrDeviceType: { 196608: '1.3.6.1.2.1.25.3.1.3', 327680: '1.3.6.1.2.1.25.3.1.5' },
      }),
    },
    {
      name: 'an uninterruptible power supply',
      rows: rowsOf({
        sysObjectID: '1.3.6.1.4.1.318.1.3.27',
        sysDescr: 'APC Web/SNMP Management Card',
      }),
    },
    {
      name: 'a scanner with the number of its make’s printers',
      rows: rowsOf({
        sysObjectID: '1.3.6.1.4.1.1248.1.1.2.1.3.22.1',
        sysDescr: 'EPSON USB Ext. Scan Server',
        hrDeviceType: { 1: '1.3.6.1.2.1.25.3.1.1' },
      }),
    },
    {
      name: 'a projector',
      rows: rowsOf({ sysObjectID: '1.3.6.1.4.1.1248.4.1', sysDescr: 'EPSON Network Projector' }),
    },
    { name: 'an agent that says nothing', rows: rowsOf({}) },
  ])('not $name', ({ rows }) => {
    expect(isPrinter(rows)).toBe(false)
  })
})

describe.skipIf(!hasRecordings)('recorded devices', () => {
  const lines = hasRecordings ? readFileSync(new URL('identities.tsv', RECORDINGS), 'utf8') : ''
  const identities = lines
    .split('\n')
    .slice(1)
    .map(line => line.split('\t'))
    .filter(([, objectId]) => objectId)
    .map(([source = '', sysObjectID = '', sysDescr = '']) => ({ source, sysObjectID, sysDescr }))

  it.each(identities)('$source is told by its number and words alone', ({ source, ...row }) => {
    expect(isPrinter(rowsOf(row))).toBe(!/projector|scanner/.test(source))
  })

  it('one with three rows in all is found too', () => {
    expect(isPrinter(loadRows('fuji-xerox-apeosport-vi-c4471'))).toBe(true)
  })
})
