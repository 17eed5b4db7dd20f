import { expect, it } from 'vitest'
import { createBreaker } from './breaker.ts'

function breakerAt() {
  const time = { now: 0 }
  const breaker = createBreaker(() => time.now)
  const count = (times: number) => Array.from({ length: times }, () => breaker.count('acme')).at(-1)
  return { time, breaker, count }
}

it('lets a burst of 100 pass, and opens at the next', () => {
  const { breaker, count } = breakerAt()
  expect(count(100)).toBeUndefined()
  expect(breaker.heldUntil('acme')).toBeUndefined()
  expect(count(1)).toBe(300_000)
  expect(breaker.heldUntil('acme')).toBe(300_000)
  expect(breaker.open()).toBe(1)
})

it('closes after 5 minutes, with a fresh burst', () => {
  const { time, breaker, count } = breakerAt()
  count(101)
  time.now = 299_999
  expect(breaker.heldUntil('acme')).toBe(300_000)
  time.now = 300_000
  expect(breaker.heldUntil('acme')).toBeUndefined()
  expect(count(100)).toBeUndefined()
  expect(breaker.open()).toBe(0)
})

it('never opens at one write a second: that is ordinary work', () => {
  const { time, breaker } = breakerAt()
  const opened = Array.from({ length: 10_000 }, () => {
    time.now += 1000
    return breaker.count('acme')
  })
  expect(opened.filter(until => until !== undefined)).toEqual([])
})

it('opens for one object and leaves the others alone', () => {
  const { breaker, count } = breakerAt()
  count(101)
  expect(breaker.count('globex')).toBeUndefined()
  expect(breaker.heldUntil('globex')).toBeUndefined()
})

it('keeps nothing of an object that is gone: made again, it starts anew', () => {
  const { breaker, count } = breakerAt()
  count(101)
  breaker.forget('acme')
  expect(breaker.heldUntil('acme')).toBeUndefined()
  expect(count(1)).toBeUndefined()
})
