import { describe, expect, it } from 'vitest'
import { longestGap, p99, recovery } from './figures.ts'

const settled = (monitor: number, appendedAt: number, settledAt: number) => ({
  monitor,
  seq: 0,
  appendedAt,
  settledAt,
})

describe('figures of a load', () => {
  it('p99 leaves out the slowest of a hundred', () => {
    const all = Array.from({ length: 100 }, (_, index) => settled(0, 0, index + 1))
    expect(p99(all)).toBe(99)
    expect(p99([])).toBeNaN()
  })

  it('recovery ends with the last monitor whose newer report is stored', () => {
    const all = [settled(0, 90, 105), settled(0, 110, 130), settled(1, 101, 180)]
    expect(recovery(all, 100, 2)).toBe(80)
    expect(recovery(all, 100, 3), 'the third never came back').toBe(Number.POSITIVE_INFINITY)
  })

  it('the longest gap is of one monitor, not of all together', () => {
    const all = [settled(0, 0, 10), settled(1, 0, 50), settled(0, 0, 100), settled(1, 0, 60)]
    expect(longestGap(all, 10, 2)).toBe(90)
  })

  it('the longest gap begins where it is asked from, if nothing came then', () => {
    const all = [settled(0, 0, 5), settled(0, 0, 200), settled(1, 0, 110), settled(1, 0, 200)]
    expect(longestGap(all, 100, 1)).toBe(100)
    expect(longestGap(all, 100, 2)).toBe(100)
  })
})
