import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

// One `reaper.sh` for this process: it ends the children that are left when this process dies without a word.

type Reaper = ChildProcess & { pid: number; stdin: NonNullable<ChildProcess['stdin']> }

let running: Reaper | undefined

/** Starts it where it does not run yet; gives its process id. It is gone when all that it was told of has ended. */
export function startReaper(): number {
  return reaper().pid
}

/** From now on the process is ended with the signal ("TERM", "INT") should this one die. */
export function reapLater(pid: number, signal: string): void {
  reaper().stdin.write(`add ${pid} ${signal}\n`)
}

/** The process has ended; its id may soon be another's. */
export function reapNoMore(pid: number): void {
  reaper().stdin.write(`remove ${pid}\n`)
}

/** Lets it end what is left, and waits for its own end. */
export async function endReaper(): Promise<void> {
  if (!running) return
  const ending = running
  running = undefined
  ending.ref()
  ending.stdin.end()
  if (ending.exitCode === null && ending.signalCode === null) await once(ending, 'exit')
}

function reaper(): Reaper {
  if (running) return running
  const script = fileURLToPath(new URL('reaper.sh', import.meta.url))
  const child = spawn('sh', [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  child.unref()
  // A reaper that is gone must not take its owner with it (EPIPE).
  child.stdin.on('error', () => {})
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  running = Object.assign(child, { pid: child.pid ?? 0 })
  return running
}
