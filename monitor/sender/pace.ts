/** Bounds a rate on average, with bursts of up to one second's worth. */
export interface Pace {
  /** Milliseconds until more may be sent; 0: now. */
  wait(): number
  /** Tells what was sent; may go beyond the bound once, which is made up for by waiting longer. */
  spend(amount: number): void
}

/** @param perSecond Infinity: no bound. */
export function createPace(perSecond: number, now: () => number = () => performance.now()): Pace {
  let credit = perSecond
  let at = now()
  const earn = () => {
    const elapsed = now() - at
    at += elapsed
    if (elapsed > 0) credit = Math.min(perSecond, credit + (elapsed / 1000) * perSecond)
  }
  return {
    wait() {
      earn()
      return credit >= 0 ? 0 : Math.ceil((-credit / perSecond) * 1000)
    },
    spend(amount) {
      credit -= amount
    },
  }
}
