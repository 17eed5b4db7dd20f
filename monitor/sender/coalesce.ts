/** A function that calls `act` once, as soon as the current events are handled, however often it was called. */
export function coalesce(act: () => void): () => void {
  let isScheduled = false
  return () => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      act()
    })
  }
}
