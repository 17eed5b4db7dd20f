import { expect, it } from 'vitest'
import { createLimiter } from './limiter.ts'

it('runs no more tasks at once than allowed, all of them, in order', async () => {
  const limit = createLimiter(3)
  let [running, most] = [0, 0]
  const order: number[] = []
  const tasks = Array.from({ length: 20 }, (_, index) =>
    limit(async () => {
      order.push(index)
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      return index
    }),
  )
  expect(await Promise.all(tasks)).toEqual(order)
  expect(most).toBe(3)
})

it('gives the place of a task that failed to the next one', async () => {
  const limit = createLimiter(1)
  const failed = limit(() => Promise.reject(new Error('no')))
  const next = limit(async () => 'yes')
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('yes')
  expect(await limit(async () => 'again')).toBe('again')
})
