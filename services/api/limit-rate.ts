/** Allows so many in a second. `now`: milliseconds. */
export function limitRate(most: number, now: () => number): () => boolean {
  let begun = Number.NEGATIVE_INFINITY
  let count = 0
  return () => {
    if (now() - begun >= 1000) [begun, count] = [now(), 0]
    count += 1
    return count <= most
  }
}
