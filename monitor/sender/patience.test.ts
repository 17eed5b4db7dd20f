import { expect, it } from 'vitest'
import { createPatience } from './patience.ts'

it('grows with every wait that was not enough, so that a slow server is not asked for more and more', () => {
  const patience = createPatience(30)
  expect(patience.isOver(29)).toBe(false)
  expect(patience.isOver(30)).toBe(true)
  expect(patience.isOver(59)).toBe(false)
  expect(patience.isOver(60)).toBe(true)
})

it('has an end', () => {
  const patience = createPatience(30)
  for (let i = 0; i < 10; i++) patience.isOver(Number.POSITIVE_INFINITY)
  expect(patience.isOver(16 * 30)).toBe(true)
})

it('is as short as at first once something was answered', () => {
  const patience = createPatience(30)
  patience.isOver(30)
  patience.renew()
  expect(patience.isOver(30)).toBe(true)
})
