import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startedFrom } from './bundles.ts'

/** A line of a process's log, or any other line that it wrote to standard error as `text`. */
export interface LogLine {
  level?: string
  msg?: string
  text?: string
  [key: string]: unknown
}

/** One of Platen's processes, run as in its image; disposing of it, or the end of this process, kills it. */
export interface TestProcess extends AsyncDisposable {
  readonly pid: number
  readonly log: LogLine[]
  /** The first log line whose message matches; waits for it up to `seconds`. */
  logged(message: RegExp, seconds?: number): Promise<LogLine>
  /** The text behind /readyz, /livez or /metrics. */
  page(path: string): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** Exit status, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
}

/** Starts a process by its main.ts, e.g. `startProcess('services/ingest/main.ts', { PLATEN_DATABASE_URL: url })`. */
export function startProcess(main: string, env: Record<string, string>): TestProcess {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [startedFrom(main)], {
    env: { PATH, HOME, PLATEN_HEALTH_PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log: LogLine[] = []
  const lines = createInterface({ input: child.stderr })
  lines.on('line', line => void log.push(parseLine(line)))
  const endWithUs = () => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  const exited = once(child, 'close').then(([status, signal]) => {
    process.off('exit', endWithUs)
    return status ?? signal
  })

  async function logged(message: RegExp, seconds = 15): Promise<LogLine> {
    const deadline = AbortSignal.timeout(seconds * 1000)
    for (;;) {
      const found = log.find(({ msg, text }) => message.test(msg ?? text ?? ''))
      if (found) return found
      await once(lines, 'line', { signal: deadline }).catch(() => {
        throw new Error(`cannot find ${message} in the log of ${main}: ${JSON.stringify(log)}`)
      })
    }
  }

  return {
    pid: child.pid ?? 0,
    log,
    logged,
    exited,
    kill: signal => void child.kill(signal),
    async page(path) {
      const { healthPort } = await logged(/^ready$/)
      return await (await fetch(`http://127.0.0.1:${healthPort}${path}`)).text()
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line)
  } catch {
    return { text: line }
  }
}
