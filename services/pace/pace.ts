/** Bounds a rate on average; what was saved up may be spent at once. */
export interface Pace {
  /** Milliseconds until more may be spent; 0: now. */
  wait(): number
  /** Tells what was spent; may go beyond the bound once, which is made up for by waiting longer. */
  spend(amount: number): void
}

export interface PaceOptions {
  /** Infinity: no bound. */
  perSecond: number
  /** How many seconds' worth can be saved up, and is there at the beginning; 1 by default. */
  saved?: number
  /** Milliseconds. */
  now?: () => number
}

export function createPace(options: PaceOptions): Pace {
  const { perSecond, saved = 1, now = () => performance.now() } = options
  const most = perSecond * saved
  let credit = most
  let at = now()
  const earn = () => {
    const elapsed = now() - at
    at += elapsed
    if (elapsed > 0) credit = Math.min(most, credit + (elapsed / 1000) * perSecond)
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
