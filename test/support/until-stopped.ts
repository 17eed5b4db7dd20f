/**
 * Runs `work`, which gives up when the promise that it is handed rejects: on SIGINT, SIGTERM or SIGHUP. Gives the exit
 * status: 1 when it was stopped, which is said, otherwise 0. A signal that comes while it starts counts once it listens.
 */
export async function untilStopped(
  work: (stopped: Promise<never>) => Promise<void>,
): Promise<number> {
  const stop = new Error('stopped before it was measured')
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  stopped.catch(() => {}) // nobody may listen yet
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => reject(stop))
  }
  try {
    await work(stopped)
    return 0
  } catch (error) {
    if (error !== stop) throw error
    process.stderr.write(`${stop.message}\n`)
    return 1
  }
}
