import { expect, it } from 'vitest'
import { hoursOf } from './enrol.ts'

it.each([
  ['24h', 24],
  ['7d', 168],
  ['36', 36],
])('--expires %s are %d hours', (text, want) => {
  expect(hoursOf(text)).toBe(want)
})

it.each(['0h', '', '1w', '-3', '1.5h'])('--expires %j is refused', text => {
  expect(() => hoursOf(text)).toThrow(/is no time/)
})
