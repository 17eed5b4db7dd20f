import { expect, it } from 'vitest'
import { newestOf } from './last-report.ts'

it('the newest report is that of the monitor that was heard last', () => {
  const monitors = [
    { name: 'a', lastContactAt: '2026-11-29T10:00:00.000Z' },
    { name: 'b', lastContactAt: null },
    { name: 'c', lastContactAt: '2026-11-29T11:00:00.000Z' },
  ]
  expect(newestOf(monitors)).toEqual({
    monitor: 'c',
    at: '2026-11-29T11:00:00.000Z',
    monitors: 3,
    neverReported: 1,
  })
  expect(newestOf([])).toBeUndefined()
  expect(newestOf([{ name: 'b', lastContactAt: null }])).toEqual({ monitors: 1, neverReported: 1 })
})
