import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tryLock } from './lock.ts'

/** A process as it can be found again: its id, and when it started (ids are used again). */
interface Trace {
  name: string
  pid: number
  started: string
}

/**
 * Holds a data directory for this process and remembers its children there, so that the next start can end what a
 * killed supervisor left behind.
 */
export interface Claim {
  remember(name: string, pid: number): void
  release(): void
}

/**
 * @param deadlineMs how long processes left over may take to end before they are killed.
 * @throws when a living supervisor holds the directory.
 */
export async function claim(directory: string, deadlineMs = 15_000): Promise<Claim> {
  const file = join(directory, 'processes.json')
  const [owner, ...children] = read(file)
  const held = tryLock(join(directory, 'lock'))
  if (!held) {
    throw new Error(
      `cannot use ${directory}: Platen runs there already (process ${owner?.pid ?? 'unknown'}); stop it first, or name another directory with --data`,
    )
  }
  await end(children.filter(isAlive), deadlineMs)
  const traces = [traceOf('supervisor', process.pid)]
  write(file, traces)
  return {
    remember(name, pid) {
      const kept = traces.filter(trace => trace.name !== name)
      traces.splice(0, traces.length, ...kept, traceOf(name, pid))
      write(file, traces)
    },
    release() {
      rmSync(file, { force: true })
      held.release()
    },
  }
}

async function end(traces: Trace[], deadlineMs: number): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while (traces.some(isAlive)) {
    // The reaper has asked them to end; only what does not is killed.
    if (Date.now() > deadline)
      for (const trace of traces.filter(isAlive)) process.kill(trace.pid, 'SIGKILL')
    await new Promise(done => setTimeout(done, 100))
  }
}

function traceOf(name: string, pid: number): Trace {
  return { name, pid, started: startOf(pid) }
}

function isAlive(trace: Trace): boolean {
  try {
    process.kill(trace.pid, 0)
  } catch {
    return false
  }
  return startOf(trace.pid) === trace.started
}

/** Start time in clock ticks since boot, proc_pid_stat(5) field 22; empty for a zombie and where there is no /proc. */
function startOf(pid: number): string {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return ''
  const fields = readFileSync(file, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return fields[0] === 'Z' ? '' : (fields[19] ?? '')
}

function read(file: string): Trace[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return []
  }
}

function write(file: string, traces: Trace[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(traces), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
