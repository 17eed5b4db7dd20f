import { describe, expect, it } from 'vitest'
import { age } from './age.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

describe('a time ago', () => {
  it.each([
    ['2026-11-29T11:59:59Z', '1 s'],
    ['2026-11-29T11:58:01Z', '119 s'],
    ['2026-11-29T11:00:00Z', '60 min'],
    ['2026-11-27T12:00:00Z', '2 d'],
    ['2026-11-29T12:00:09Z', '0 s'],
    [undefined, '?'],
  ])('%s is %s', (time, want) => {
    expect(age(time, NOW)).toBe(want)
  })
})
