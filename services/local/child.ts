import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { reapLater, reapNoMore } from './reaper.ts'

/** A server process that this process owns. */
export interface Child {
  name: string
  pid: number
  /** What it wrote to standard output and error. */
  logFile: string
  /** Settles with the exit in words ("status 1", "signal SIGKILL") once the process has ended. */
  exited: Promise<string>
  /** Asks it to end with its own signal, and kills it after the deadline. */
  stop(deadlineMs?: number): Promise<void>
  /** SIGKILL, for tests of faults. */
  kill(): void
  /** Messages that a Node process sends over its IPC channel. */
  process: ChildProcess
}

export interface ChildOptions {
  /** For messages. */
  name: string
  command: string
  args: string[]
  /** Its standard output and error are appended here. */
  logFile: string
  env?: Record<string, string>
  cwd?: string
  account?: Account | undefined
  /** The signal by which it ends in good order. */
  stopSignal?: 'SIGTERM' | 'SIGINT'
  /** Opens an IPC channel: a Node process then also notices by itself that its parent is gone. */
  ipc?: boolean
}

/**
 * Starts a process in a process group of its own, so that Ctrl-C in a terminal reaches only the owner, which stops
 * the others in order. Should the owner be killed, `reaper.sh` ends it.
 */
export function startChild(options: ChildOptions): Promise<Child> {
  const log = openSync(options.logFile, 'a', 0o600)
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: options.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    env: { ...process.env, ...options.env },
    ...(options.cwd && { cwd: options.cwd }),
    ...options.account,
  })
  closeSync(log)
  const exited = new Promise<string>(resolve => {
    child.once('exit', (status, signal) =>
      resolve(signal ? `signal ${signal}` : `status ${status}`),
    )
  })
  return new Promise((resolve, reject) => {
    child.once('error', error => {
      reject(new Error(`cannot start ${options.name}: ${error.message}`, { cause: error }))
    })
    child.once('spawn', () => resolve(own(child, options, exited)))
  })
}

function own(child: ChildProcess, options: ChildOptions, exited: Promise<string>): Child {
  const pid = child.pid as number
  const signal = options.stopSignal ?? 'SIGTERM'
  reapLater(pid, signal.slice(3))
  const gone = exited.then(how => {
    reapNoMore(pid)
    return how
  })
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    exited: gone,
    process: child,
    kill: () => child.kill('SIGKILL'),
    async stop(deadlineMs = 30_000) {
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
      await gone
      clearTimeout(timer)
    },
  }
}

/**
 * Waits until a child is ready, and stops one that is not to be.
 * @param whyNot asked again and again: undefined when it is ready, otherwise what is missing, in words.
 * @throws with the end of its log, when it ends before or is not ready within the deadline.
 */
export async function untilReady(
  child: Child,
  whyNot: () => Promise<string | undefined>,
  deadlineMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs
  let end: string | undefined
  void child.exited.then(how => {
    end = `it ended with ${how}`
  })
  for (;;) {
    const missing = await whyNot()
    if (end === undefined && missing === undefined) return
    const late = `it is not ready after ${deadlineMs / 1000} s (${missing})`
    const why = end ?? (Date.now() > deadline ? late : undefined)
    if (why !== undefined) {
      await child.stop()
      const { name, logFile } = child
      throw new Error(`cannot start ${name}: ${why}; its log ${logFile} says:\n${tailOf(logFile)}`)
    }
    await sleep(30)
  }
}

/** The last lines of a log, to be shown when a server does not start. */
export function tailOf(logFile: string, lines = 5): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}
