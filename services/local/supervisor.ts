import { setTimeout as sleep } from 'node:timers/promises'

/** A server as the supervisor needs it: something that ends, and can be stopped. */
export interface Server {
  pid: number
  exited: Promise<string>
  stop(): Promise<void>
}

export interface Supervisor {
  /**
   * Starts a server and keeps it running: one that ends by itself is started again, for ever.
   * @throws when the first start fails, or the supervisor is stopping.
   */
  run<S extends Server>(name: string, start: () => Promise<S>): Promise<S>
  /** Stops all, the last started first. */
  stop(): Promise<void>
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/**
 * @param tell called with one line for people
 * @param started called whenever a process was started
 * @param signal ends all starting; what runs is ended by stop()
 */
export function createSupervisor(
  tell: (line: string) => void,
  started: (name: string, pid: number) => void,
  signal: AbortSignal,
): Supervisor {
  const stopping = new AbortController()
  const halt = AbortSignal.any([signal, stopping.signal])
  const running: Kept[] = []
  const watches: Promise<void>[] = []

  return {
    async run(name, start) {
      halt.throwIfAborted()
      const begin = performance.now()
      const server = await start()
      started(name, server.pid)
      tell(`${name.padEnd(12)} ready   ${((performance.now() - begin) / 1000).toFixed(1)} s`)
      const kept: Kept = { name, start, server, tell, started, halt }
      running.push(kept)
      watches.push(keep(kept))
      return server
    },
    async stop() {
      stopping.abort()
      for (const { server } of running.toReversed()) await server.stop()
      await Promise.all(watches)
    },
  }
}

interface Kept {
  name: string
  server: Server
  start: () => Promise<Server>
  tell: (line: string) => void
  started: (name: string, pid: number) => void
  halt: AbortSignal
}

async function keep(kept: Kept): Promise<void> {
  const { name, tell, halt } = kept
  for (;;) {
    const how = await kept.server.exited
    if (halt.aborted) return
    tell(`${name.padEnd(12)} ended with ${how}; starting it again`)
    const server = await startAgain(kept)
    if (!server) return
    kept.server = server
    if (halt.aborted) await server.stop() // stop() came too early to see it
  }
}

async function startAgain({ name, start, tell, started, halt }: Kept): Promise<Server | undefined> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await sleep(pause, undefined, { signal: halt }).catch(() => {})
    if (halt.aborted) return undefined
    try {
      const server = await start()
      started(name, server.pid)
      tell(`${name.padEnd(12)} ready again`)
      return server
    } catch (error) {
      tell(`${name.padEnd(12)} ${error instanceof Error ? error.message : error}`)
    }
  }
}
