import { expect, it } from 'vitest'
import { createLanes, laneOf } from './lanes.ts'

const load = { reports: 1, bytes: 1 }

it('keeps a monitor on one lane, and spreads many monitors over all', () => {
  const names = Array.from({ length: 200 }, (_, index) => `monitor-${index}`)
  expect(names.map(name => laneOf(name, 4))).toEqual(names.map(name => laneOf(name, 4)))
  const sizes = [0, 1, 2, 3].map(lane => names.filter(name => laneOf(name, 4) === lane).length)
  expect(Math.min(...sizes)).toBeGreaterThan(25)
})

it('keeps the order of one monitor, and commits of different lanes run side by side', async () => {
  const running: string[] = []
  const release = Promise.withResolvers<void>()
  const committed: string[] = []
  const lanes = createLanes<{ monitor: string; seq: number; load: typeof load }, void>({
    lanes: 2,
    async commit(group) {
      running.push(group[0]?.monitor ?? '')
      await release.promise
      for (const { monitor, seq } of group) committed.push(`${monitor} ${seq}`)
      return group.map(() => undefined)
    },
    probe: async () => {},
    group: { reports: 1, bytes: 1 },
    backoff: { first: 1, longest: 1 },
    onHealth: () => {},
  })
  const names = Array.from({ length: 20 }, (_, index) => `m${index}`)
  const a = names.find(name => laneOf(name, 2) === 0) ?? ''
  const b = names.find(name => laneOf(name, 2) === 1) ?? ''
  const all = [1, 2, 3].flatMap(seq => [a, b].map(monitor => lanes.submit({ monitor, seq, load })))
  await expect.poll(() => running.sort()).toEqual([a, b].sort())
  release.resolve()
  await Promise.all(all)
  expect(committed.filter(one => one.startsWith(`${a} `))).toEqual([`${a} 1`, `${a} 2`, `${a} 3`])
})

it('is unhealthy from the first failure until every lane has succeeded again', async () => {
  const health: boolean[] = []
  let isDown = true
  const lanes = createLanes<{ monitor: string; load: typeof load }, void>({
    lanes: 3,
    async commit(group) {
      if (isDown) throw new Error('down')
      return group.map(() => undefined)
    },
    async probe() {
      if (isDown) throw new Error('down')
    },
    group: { reports: 1, bytes: 1 },
    backoff: { first: 1, longest: 1 },
    onHealth: isHealthy => health.push(isHealthy),
  })
  const monitors = ['a', 'b', 'c', 'd', 'e', 'f']
  await Promise.allSettled(monitors.map(monitor => lanes.submit({ monitor, load })))
  expect(health).toEqual([false])
  isDown = false
  await expect.poll(() => health).toEqual([false, true])
})
