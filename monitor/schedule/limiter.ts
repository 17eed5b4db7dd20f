/** Runs at most so many tasks at once; the others wait their turn. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>

export function createLimiter(most: number): Limiter {
  const waiting: (() => void)[] = []
  let running = 0
  return async task => {
    if (running >= most) await new Promise<void>(resolve => waiting.push(resolve))
    else running += 1
    try {
      return await task()
    } finally {
      const next = waiting.shift() // takes over this place
      if (next) next()
      else running -= 1
    }
  }
}
