/**
 * Calls for each item, at most `limit` at a time, and answers in their order. After the first failure no more are begun;
 * it is thrown when those that had begun are over, so that nothing goes on behind the caller's back.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  call: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const failures: unknown[] = []
  const rest = items.entries()
  async function work(): Promise<void> {
    for (const [index, item] of rest) {
      if (failures.length > 0) return
      try {
        results[index] = await call(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work))
  if (failures.length > 0) throw failures[0]
  return results
}
