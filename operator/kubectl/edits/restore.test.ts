import { describe, expect, it } from 'vitest'
import { timeOf } from './restore.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

describe('--to', () => {
  it.each([
    ['2026-11-29T08:30:00Z', '2026-11-29T08:30:00Z'],
    ['2026-11-29T09:30:00.250+01:00', '2026-11-29T08:30:00Z'],
  ])('%s', (text, want) => {
    expect(timeOf(text, NOW)).toBe(want)
  })

  it.each([
    [undefined, /needs --to/],
    ['2026-11-29', /no time with a zone/],
    ['2026-11-29T08:30:00', /no time with a zone/],
    ['2026-13-29T08:30:00Z', /no time with a zone/],
    ['2026-11-29T12:00:01Z', /in the future/],
  ])('%s is refused', (text, says) => {
    expect(() => timeOf(text, NOW)).toThrow(says)
  })
})
