import { connect } from 'node:net'

/**
 * Tries TCP connections, one after the other would take long: all at once. Runs inside of a pod's network namespace
 * (try-from-pod.ts); its argument is a JSON list of Targets, and it prints a JSON list of Outcomes.
 */
export interface Target {
  host: string
  port: number
}

/** `open`: connected. `refused`: the other end said no. `silent`: no answer within the time. */
export type Outcome = 'open' | 'refused' | 'silent' | 'unreachable'

const PATIENCE_MS = 2_000

function attempt({ host, port }: Target): Promise<Outcome> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    const timer = setTimeout(() => end('silent'), PATIENCE_MS)
    socket.once('connect', () => end('open'))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'),
    )
    function end(outcome: Outcome): void {
      clearTimeout(timer)
      socket.destroy()
      resolve(outcome)
    }
  })
}

if (import.meta.main) {
  const targets: Target[] = JSON.parse(process.argv[2] ?? '[]')
  process.stdout.write(JSON.stringify(await Promise.all(targets.map(attempt))))
}
