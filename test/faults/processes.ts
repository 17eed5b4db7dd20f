import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createSupervisor, type Server } from '@platen/local'

/** Processes under a supervisor that starts each again when it ends. */
export interface Processes {
  run<S extends Server>(name: string, start: () => Promise<S>): Promise<S>
  /** The process that was started last under this name. */
  pidOf(name: string): number | undefined
  /** Ends that nobody caused, in words. */
  ends: string[]
  stop(): Promise<void>
}

/** @param tell called with one line for the log */
export function createProcesses(tell: (line: string) => void, signal: AbortSignal): Processes {
  const pids = new Map<string, number>()
  const ends: string[] = []
  let isStopping = false
  const supervisor = createSupervisor(tell, (name, pid) => pids.set(name, pid), signal)

  function watch(name: string, { pid, exited }: Server): void {
    void exited.then(how => {
      if (pids.get(name) === pid) pids.delete(name)
      if (how !== 'signal SIGKILL' && !isStopping) ends.push(`${name} with ${how}`)
    })
  }

  return {
    ends,
    pidOf: name => pids.get(name),
    run: (name, start) =>
      supervisor.run(name, async () => {
        const server = await start()
        watch(name, server)
        return server
      }),
    async stop() {
      isStopping = true
      await supervisor.stop()
    },
  }
}

/** The postmaster of a data directory, also while it is still starting; only if this process has started it. */
export function postmasterOf(dataDirectory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0])
    return parentOf(pid) === process.pid ? pid : undefined
  } catch {
    return undefined
  }
}

/** Processes that work in the directory or below it, but this one. */
export function processesIn(directory: string): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(name => workingDirectoryOf(name).startsWith(directory))
    .map(Number)
}

/** Empty for a process that has ended. */
function workingDirectoryOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

/** proc_pid_stat(5), field 4; undefined for a zombie. */
function parentOf(pid: number): number | undefined {
  const [state, parent] =
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return state === 'Z' ? undefined : Number(parent)
}
