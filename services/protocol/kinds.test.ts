import { describe, expect, it } from 'vitest'
import * as kinds from './kinds.ts'
import { SUPPLY_TYPES } from './report.ts'

interface Case {
  what: string
  kind: kinds.Kind<unknown>
  bad: string[]
  good: string[]
}

const NO_NUMBERS = [
  '',
  '-1',
  '-0',
  '+1',
  '01',
  '1.0',
  '1e3',
  '0x10',
  ' 1',
  '1_000',
  '9007199254740992',
  'NaN',
  'Infinity',
  '١',
]
const NO_TOKENS = ['', 'a b', 'a/b', 'é', 'a\n', 'a'.repeat(65)]
const trace = (id: string, parent: string) => `00-${id.repeat(32)}-${parent.repeat(16)}-01`

const cases: Case[] = [
  { what: 'a count', kind: kinds.count, bad: NO_NUMBERS, good: ['0', '7', '9007199254740991'] },
  {
    what: 'a sequence number',
    kind: kinds.positive,
    bad: [...NO_NUMBERS, '0'],
    good: ['1', '9007199254740991'],
  },
  {
    what: 'a count that the database holds in 32 bits',
    kind: kinds.smallCount,
    bad: [...NO_NUMBERS, '2147483648'],
    good: ['0', '2147483647'],
  },
  {
    what: 'an amount',
    kind: kinds.amount,
    bad: ['', '-1', '-2', '-3', 'unknown', 'SOME', '1.5'],
    good: ['0', 'some', 'unlimited'],
  },
  {
    what: 'a time',
    kind: kinds.time,
    bad: [
      '',
      '2026-11-23',
      '2026-11-23T08:00:00Z',
      '2026-11-23T08:00:00.000+00:00',
      '2026-11-23 08:00:00.000Z',
      '2026-02-30T08:00:00.000Z',
      '2025-02-29T08:00:00.000Z',
      '2026-13-01T08:00:00.000Z',
      '2026-11-23T24:00:00.000Z',
      '2026-11-23T23:59:60.000Z',
      '1969-12-31T23:59:59.999Z',
      '0000-01-01T00:00:00.000Z',
      '+02026-11-23T08:00:00.000Z',
    ],
    good: ['2024-02-29T23:59:59.999Z', '1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
  },
  {
    what: 'a text',
    kind: kinds.text,
    bad: [
      '',
      ' ',
      ' a',
      'a ',
      '\u00a0a',
      'a\u2003',
      'a\u0000',
      'a\nb',
      'a\u0085b',
      'a\u007fb',
      'a\ud800',
      '\udc00b',
      'a\ufffeb',
      'a'.repeat(256),
      '\u{1f5a8}'.repeat(256),
    ],
    good: ['a', 'a b', 'é', '"<&>\'', 'a'.repeat(255), '\u{1f5a8}'.repeat(255)],
  },
  {
    what: 'a text in lower case',
    kind: kinds.lowerCaseText,
    bad: ['Black', 'NOIR', '', ' black'],
    good: ['black', 'matte black', '黒'],
  },
  {
    what: 'a reason',
    kind: kinds.reason,
    bad: ['', 'a"b', 'a&b', '<a', 'a>', 'é', ' a', 'a'.repeat(256)],
    good: ["can't: x/@y[1]", 'a'.repeat(255)],
  },
  {
    what: 'a token',
    kind: kinds.token,
    bad: NO_TOKENS,
    good: ['p', 'A.b_c-9', 'alert.7', 'a'.repeat(64)],
  },
  {
    what: 'an epoch',
    kind: kinds.epoch,
    bad: [...NO_TOKENS, 'A', 'a.b', 'a'.repeat(37)],
    good: ['a', '019ab-7', 'a'.repeat(36)],
  },
  {
    what: 'a MAC address',
    kind: kinds.mac,
    bad: [
      '',
      '001122334455',
      '00:11:22:33:44:5g',
      '00:11:22:33:44:AA',
      '00:11:22:33:44',
      '00:11:22:33:44:55:66',
      '00-11-22-33-44-55',
    ],
    good: ['00:1b:a9:33:44:55'],
  },
  {
    what: 'an IP address',
    kind: kinds.address,
    bad: [
      '',
      '10.0.0',
      '10.0.0.256',
      '10.0.0.01',
      '10.0.0.1/24',
      'fe80::1%eth0',
      'printer',
      '[::1]',
    ],
    good: ['10.0.0.1', '2001:db8::1', '::ffff:10.0.0.1'],
  },
  {
    what: 'a trace',
    kind: kinds.traceparent,
    bad: [
      '',
      trace('0', '1'),
      trace('1', '0'),
      trace('A', '1'),
      trace('1', '1').replace('00-', 'ff-'),
      `${trace('1', '1')}-x`,
    ],
    good: [trace('1', '1')],
  },
  {
    what: 'a name of a closed list',
    kind: kinds.oneOf('x', SUPPLY_TYPES),
    bad: ['', 'Toner', 'constructor', '__proto__', 'magic'],
    good: ['toner', 'matteInk'],
  },
]

describe.each(cases)('$what', ({ kind, bad, good }) => {
  it.each(bad)('is not %j', value => {
    expect(kind.read(value)).toBeUndefined()
  })
  it.each(good)('can be %j, and comes back so', value => {
    expect(String(kind.read(value))).toBe(value)
  })
})
