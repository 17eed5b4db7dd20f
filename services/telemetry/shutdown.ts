import type { Logger } from 'pino'

export interface ShutdownOptions {
  /** Milliseconds that `stop` may take. */
  deadline?: number
  /** What is still running, for the message when it takes longer. */
  pending?: () => string
}

/** A terminal's Ctrl-C arrives twice when npm passes it on as well: within this time (ms) it is the same request. */
const SAME_REQUEST = 1000

/**
 * Ends this process in order. SIGTERM, SIGINT, or the end of the parent (where it was started with an IPC channel)
 * call `stop` once; the exit status is 0 when it has finished, 1 when it fails or takes longer than the deadline. The
 * same signal again forces the end. An error that nobody caught is logged and ends the process at once.
 */
export function onShutdown(
  logger: Logger,
  stop: (reason: string) => Promise<void>,
  { deadline = 20_000, pending = () => 'something' }: ShutdownOptions = {},
): void {
  let first: { reason: string; at: number } | undefined

  const begin = (reason: string) => {
    if (first) return
    first = { reason, at: Date.now() }
    logger.info({ reason }, 'stopping')
    setTimeout(() => {
      logger.fatal(`cannot stop within ${deadline / 1000} s: ${pending()} is still running`)
      process.exit(1)
    }, deadline).unref()
    stop(reason).then(
      () => {
        logger.info('stopped')
        process.exit(0)
      },
      (error: unknown) => {
        logger.fatal({ err: error }, 'cannot stop in order')
        process.exit(1)
      },
    )
  }

  const onSignal = (signal: string) => {
    if (first?.reason === signal && Date.now() - first.at >= SAME_REQUEST) {
      logger.fatal(`stopped by force: ${pending()} was still running`)
      process.exit(1)
    }
    begin(signal)
  }

  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  if (process.send) {
    const orphaned = () => begin('the parent process is gone')
    process.on('disconnect', orphaned)
    if (!process.connected) orphaned() // It went while this process was loading.
  }
  process.on('uncaughtException', (error, origin) => {
    logger.fatal({ err: error, origin }, 'cannot go on: an error that nobody caught')
    process.exit(1)
  })
}
