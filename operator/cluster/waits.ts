import { setTimeout as delay } from 'node:timers/promises'

/** The promise's result, or the signal's reason as soon as it is aborted; the work behind the promise goes on. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Resolves after so long, or at once when the signal is aborted. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {})
}

/** Between 80 and 120 percent, so that many who started together do not stay together. */
export const jitter = (milliseconds: number) => milliseconds * (0.8 + 0.4 * Math.random())
