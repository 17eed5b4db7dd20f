const LONGEST = 16

/** How long to wait (ms): `first`, and twice as long each time that was not enough, up to 16 times. */
export function createPatience(first: number) {
  let patience = first
  return {
    /** Whether so long a wait is too long. */
    isOver(waited: number): boolean {
      if (waited < patience) return false
      patience = Math.min(patience * 2, LONGEST * first)
      return true
    },
    /** After a wait that has ended well. */
    renew(): void {
      patience = first
    },
  }
}
