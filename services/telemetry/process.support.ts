import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const FIXTURE = fileURLToPath(new URL('process.fixture.ts', import.meta.url))

export interface FixtureProcess extends AsyncDisposable {
  process: ChildProcess
  /** Everything on standard error so far. */
  output(): string
  /** The log line with this message, as soon as it is there. */
  line(message: string): Promise<Record<string, unknown>>
  /** The exit status, once standard error has been read to its end. */
  exit: Promise<number | null>
}

/** Starts the fixture with this environment and no other OTEL_* or PLATEN_* variable. */
export function startFixture(env: Record<string, string>): FixtureProcess {
  const child = spawn(process.execPath, [FIXTURE], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', chunk => {
    output += chunk
  })
  const exit = once(child, 'close').then(([code]) => code)
  const line = (message: string) =>
    waitFor(() => parseLines(output).find(line => line.msg === message))
  return {
    process: child,
    output: () => output,
    line,
    exit,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exit
    },
  }
}

function parseLines(output: string): Record<string, unknown>[] {
  const complete = output.split('\n').slice(0, -1)
  return complete.filter(line => line.startsWith('{')).map(line => JSON.parse(line))
}

/** Asks every 20 ms until there is an answer; after 10 s it gives up. */
export async function waitFor<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error('waited 10 s in vain')
}
