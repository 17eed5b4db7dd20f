import { describe, expect, it } from 'vitest'
import { rowsOf } from '../testing/rows.ts'
import { charsetOf, readText } from './text.ts'

const LATIN1 = 4
const LATIN2 = 5
const SHIFT_JIS = 17
const ROMAN8 = 2004

describe('text of a device', () => {
  it.each([
    { why: 'padding is no text', raw: 'Ready           ', want: 'Ready' },
    { why: 'line feeds become blanks', raw: 'Load\r\nTray 2', want: 'Load Tray 2' },
    {
      why: 'what stands behind a NUL is left over from before',
      raw: 'Tray 1\0ay 10',
      want: 'Tray 1',
    },
    { why: 'the type prefix of HP’s PML strings is no text', raw: '\x01\x15VNC1', want: 'VNC1' },
    { why: 'blanks only are nothing', raw: ' \0 ', want: undefined },
    { why: 'a mask of a recording is nothing', raw: '<private>', want: undefined },
    {
      why: 'a hex dump behind the first 16 octets is turned back',
      raw: 'Cyan Cartridge 8\n32 37 41 20 58 31 00 ',
      want: 'Cyan Cartridge 827A X1',
    },
    {
      why: 'also over several lines',
      raw: 'Fuser Kit AB 110\n56 2D 58 59 5A 31 2C 20 32 32 30 56 2D 58 59 5A \n32 00 ',
      want: 'Fuser Kit AB 110V-XYZ1, 220V-XYZ2',
    },
    { why: 'but only there: "A\\n32" is two lines', raw: 'Tray A\n32', want: 'Tray A 32' },
  ])('$why', ({ raw, want }) => {
    expect(readText(Buffer.from(raw, 'latin1'))).toBe(want)
  })

  it.each([
    {
      why: 'UTF-8 is known by itself',
      octets: Buffer.from('墨粉 Büro'),
      charset: LATIN1,
      want: '墨粉 Büro',
    },
    {
      why: 'else by the device’s own word',
      octets: Buffer.from([0x55, 0xa6]),
      charset: LATIN2,
      want: 'UŚ',
    },
    {
      why: 'Japanese',
      octets: Buffer.from([0x83, 0x67, 0x83, 0x8c]),
      charset: SHIFT_JIS,
      want: 'トレ',
    },
    {
      why: 'HP’s Roman-8, which is no ISO set',
      octets: Buffer.from([0x4d, 0xcf, 0x20, 0xdb]),
      charset: ROMAN8,
      want: 'Mü Ü',
    },
    { why: 'else ISO 8859-1', octets: Buffer.from([0x4d, 0xfc]), charset: undefined, want: 'Mü' },
    { why: 'an unknown set too', octets: Buffer.from([0x4d, 0xfc]), charset: 9999, want: 'Mü' },
  ])('$why', ({ octets, charset, want }) => {
    expect(readText(octets, charset)).toBe(want)
  })

  it('is in the character set of the current localization, not of the first', () => {
    const sets = { '1.1': 4, '1.2': 17 }
    expect(
      charsetOf(
        rowsOf({ prtGeneralCurrentLocalization: { 1: 2 }, prtLocalizationCharacterSet: sets }),
      ),
    ).toBe(17)
    expect(charsetOf(rowsOf({ prtLocalizationCharacterSet: sets }))).toBe(4)
    expect(charsetOf(rowsOf({}))).toBeUndefined()
  })
})
