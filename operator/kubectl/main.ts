import { Failure, messageOf, STATUS } from './failure.ts'
import { run } from './run.ts'
import { createTerminal } from './terminal.ts'

const stopping = new AbortController()
// Whoever reads may stop early, as `head` does.
process.stdout.on('error', () => process.exit())

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Asked twice: what is left is removed, and nothing is waited for.
    if (stopping.signal.aborted) process.exit(STATUS.stopped)
    stopping.abort()
  })
}

const terminal = createTerminal(stopping.signal)
void run(process.argv.slice(2), terminal, stopping.signal)
  .catch(report)
  .then(status => {
    process.exitCode = status
  })

function report(error: unknown): number {
  if (stopping.signal.aborted) {
    terminal.tell('stopped')
    return STATUS.stopped
  }
  if (error instanceof Failure) {
    terminal.tell(error.message)
    return error.status
  }
  terminal.tell(
    `cannot go on: ${messageOf(error)}; this is a mistake in kubectl platen, please report it`,
  )
  return STATUS.cannot
}
