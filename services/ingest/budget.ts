/** What a delivery takes of the memory while it waits: reports, and bytes of their text on the wire. */
export interface Load {
  reports: number
  bytes: number
}

export interface Budget {
  /** What is held now. */
  readonly used: Readonly<Load>
  /** Reserves room. False: even twice the limit is used up, because those who should have stopped did not. */
  take(load: Load): boolean
  give(load: Load): void
}

/**
 * Bounds what is held in memory. `onFull(true)` is called when the limit is reached: stop reading. `onFull(false)` when
 * half of it is free again. What has been read by then still fits: up to twice the limit is granted.
 */
export function createBudget(limit: Load, onFull: (isFull: boolean) => void): Budget {
  const used: Load = { reports: 0, bytes: 0 }
  let isFull = false

  function isOver(share: number): boolean {
    return used.reports >= limit.reports * share || used.bytes >= limit.bytes * share
  }

  function tell(nowFull: boolean): void {
    if (nowFull === isFull) return
    isFull = nowFull
    onFull(isFull)
  }

  return {
    used,
    take(load) {
      if (isOver(2)) return false
      used.reports += load.reports
      used.bytes += load.bytes
      if (isOver(1)) tell(true)
      return true
    },
    give(load) {
      used.reports -= load.reports
      used.bytes -= load.bytes
      if (!isOver(0.5)) tell(false)
    },
  }
}
