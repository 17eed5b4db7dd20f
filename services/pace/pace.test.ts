import { expect, it } from 'vitest'
import { createPace } from './pace.ts'

/** Sends pieces of 300 for so many ms, as fast as a bound of 1000 a second allows. Gives how much that was. */
function sendFor(milliseconds: number): number {
  let now = 0
  const pace = createPace({ perSecond: 1000, now: () => now })
  let sent = 0
  for (;;) {
    now += pace.wait()
    if (now >= milliseconds) return sent
    pace.spend(300)
    sent += 300
  }
}

it('keeps to the rate on average, after a burst of one second’s worth', () => {
  for (const seconds of [1, 10, 100]) {
    const sent = sendFor(seconds * 1000)
    expect(sent).toBeGreaterThanOrEqual(seconds * 1000)
    expect(sent).toBeLessThanOrEqual((seconds + 1) * 1000 + 300)
  }
})

it('saves up no more than a second’s worth while nothing is sent', () => {
  let now = 0
  const pace = createPace({ perSecond: 1000, now: () => now })
  now = 3_600_000
  expect(pace.wait()).toBe(0)
  pace.spend(3_000)
  expect(pace.wait()).toBe(2_000)
})

it('saves up as much as it is told to', () => {
  let now = 0
  const pace = createPace({ perSecond: 1000, saved: 60, now: () => now })
  pace.spend(60_000)
  expect(pace.wait()).toBe(0)
  pace.spend(500)
  expect(pace.wait()).toBe(500)
  now = 3_600_000
  pace.spend(pace.wait() + 60_500)
  expect(pace.wait()).toBe(500)
})

it('is not stopped by a clock that goes back', () => {
  let now = 5_000
  const pace = createPace({ perSecond: 1000, now: () => now })
  pace.spend(1_100)
  now = 0
  expect(pace.wait()).toBe(100)
})

it('never waits without a bound', () => {
  let now = 0
  const pace = createPace({ perSecond: Number.POSITIVE_INFINITY, now: () => now })
  pace.spend(1e12)
  expect(pace.wait()).toBe(0)
  now = 1
  expect(pace.wait()).toBe(0)
})
