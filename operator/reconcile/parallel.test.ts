import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { inParallel } from './parallel.ts'

it('answers in order, with no more at a time than allowed', async () => {
  let running = 0
  let most = 0
  const results = await inParallel([1, 2, 3, 4, 5], 2, async number => {
    running += 1
    most = Math.max(most, running)
    await setImmediate()
    running -= 1
    return number * 2
  })
  expect({ results, most }).toEqual({ results: [2, 4, 6, 8, 10], most: 2 })
})

it('begins no more after a failure, and throws it when those that had begun are over', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const calls = inParallel([1, 2, 3, 4], 2, async number => {
    begun.push(number)
    if (number === 1) throw new Error('no')
    await setImmediate()
    ended.push(number)
  })
  await expect(calls).rejects.toThrow('no')
  expect({ begun, ended }).toEqual({ begun: [1, 2], ended: [2] })
})
