import { expect, it } from 'vitest'
import { createBreaker } from './breaker.ts'

function breakerAt() {
  const time = { now: 0 }
  const breaker = createBreaker(() => time.now)
  const admit = (times: number) => Array.from({ length: times }, () => breaker.admit('acme')).at(-1)
  return { time, breaker, admit }
}

it('lets a burst of 100 pass, opens at the next, and says so once', () => {
  const { breaker, admit } = breakerAt()
  expect(admit(100)).toEqual({ isOpen: false })
  expect(admit(1)).toEqual({ isOpen: true, until: 300_000, opened: true })
  expect(admit(1)).toEqual({ isOpen: true, until: 300_000, opened: false })
  expect(breaker.open()).toBe(1)
})

it('closes after 5 minutes, with a fresh burst', () => {
  const { time, breaker, admit } = breakerAt()
  admit(101)
  time.now = 299_999
  expect(admit(1)).toMatchObject({ isOpen: true })
  time.now = 300_000
  expect(admit(1)).toEqual({ isOpen: false })
  expect(breaker.open()).toBe(0)
})

it('never opens at one reconcile a second: that is ordinary work', () => {
  const { time, breaker } = breakerAt()
  const opened = Array.from({ length: 10_000 }, () => {
    time.now += 1000
    return breaker.admit('acme').isOpen
  })
  expect(opened).not.toContain(true)
})

it('opens for one object and leaves the others alone', () => {
  const { breaker, admit } = breakerAt()
  admit(101)
  expect(breaker.admit('globex')).toEqual({ isOpen: false })
})

it('keeps nothing of an object that is gone: made again, it starts anew', () => {
  const { breaker, admit } = breakerAt()
  admit(101)
  breaker.forget('acme')
  expect(admit(1)).toEqual({ isOpen: false })
})
