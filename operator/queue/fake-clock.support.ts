import type { Clock } from './clock.ts'

export interface FakeClock extends Clock {
  /** Moves on, and makes the calls that fall due, in order; each is given time to have its effects. */
  advance(milliseconds: number): Promise<void>
}

export function fakeClock(start = 0): FakeClock {
  let now = start
  const calls = new Set<{ at: number; call: () => void }>()

  function nextUntil(end: number) {
    return [...calls].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }

  return {
    now: () => now,
    after(milliseconds, call) {
      const due = { at: now + milliseconds, call }
      calls.add(due)
      return () => void calls.delete(due)
    },
    async advance(milliseconds) {
      const end = now + milliseconds
      await settled()
      for (let due = nextUntil(end); due; due = nextUntil(end)) {
        calls.delete(due)
        now = Math.max(now, due.at)
        due.call()
        await settled()
      }
      now = end
    },
  }
}

/** All promises that could go on have gone on. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
