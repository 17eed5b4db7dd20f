import { expect, it } from 'vitest'
import { type Fault, SERVERS, scheduleOf } from './schedule.ts'

const killsOf = (schedule: Fault[], victim: string) =>
  schedule.filter(fault => fault.kind === 'kill' && fault.process.startsWith(victim)).length

it('repeats its choices with the seed, and makes others with another', () => {
  const options = { seed: 7, seconds: 180 }

  expect(scheduleOf(options)).toEqual(scheduleOf(options))
  expect(scheduleOf(options)).not.toEqual(scheduleOf({ ...options, seed: 8 }))
})

it.each([...SERVERS, 'monitor'])('kills %s ten times or more in the default run', victim => {
  expect(killsOf(scheduleOf({ seed: 1, seconds: 180 }), victim)).toBeGreaterThanOrEqual(10)
})

it.each([...SERVERS, 'monitor'])('kills %s at least once in the shortest run', victim => {
  expect(killsOf(scheduleOf({ seed: 1, seconds: 10 }), victim)).toBeGreaterThanOrEqual(1)
})

it('is in order, and ends in time', () => {
  const times = scheduleOf({ seed: 3, seconds: 30 }).map(({ at }) => at)

  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(times.at(-1)).toBeLessThan(30_000)
})
