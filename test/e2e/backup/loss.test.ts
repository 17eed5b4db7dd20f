import { describe, expect, it } from 'vitest'
import { boundaryOf, lostOf, reachOf, without } from './loss.ts'

const settled = (monitor: number, seq: number, at: number) => ({
  monitor,
  seq,
  appendedAt: at - 10,
  settledAt: at,
})
const all = [settled(0, 1, 1000), settled(0, 2, 2000), settled(0, 3, 3000), settled(1, 1, 2500)]

describe('what a restore has lost', () => {
  it('is what was acknowledged and is in no range of its own monitor', () => {
    const stored = [
      { monitor: 0, first: 1, last: 1 },
      { monitor: 0, first: 3, last: 9 },
    ]
    const lost = lostOf(all, stored)
    expect(lost).toEqual([settled(0, 2, 2000), settled(1, 1, 2500)])
    expect(reachOf(lost, 4000)).toBe(2)
    expect(reachOf([], 4000)).toBe(0)
    expect(without(lost, [settled(0, 2, 2000)])).toEqual([settled(1, 1, 2500)])
  })

  it('is exact when nothing of before the moment is missing, and nothing of after it is there', () => {
    const lost = [settled(0, 3, 3000), settled(1, 1, 2500)]
    const restoredAt = 5000
    expect(boundaryOf(all, { lost, to: 2400, restoredAt })).toEqual({ missing: 0, surplus: 0 })
    expect(boundaryOf(all, { lost, to: 1500, restoredAt })).toEqual({ missing: 0, surplus: 1 })
    expect(boundaryOf(all, { lost, to: 2600, restoredAt })).toEqual({ missing: 1, surplus: 0 })
  })
})
