import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../../services/local/main.ts', import.meta.url))

/** A run of what `npm start` runs. */
export interface Run {
  process: ChildProcess
  stdout: () => string
  stderr: () => string
  /** Settles with the exit status, or the signal's name. */
  ended: Promise<number | string>
}

/** Runs it, at most until the test is over. */
export function runStart(args: string[], directory: string): Run {
  // As a careful user would: servers under another account must do with what the start itself opens for them.
  const command = ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, main, ...args]
  const child = spawn('sh', command, {
    env: { ...process.env, INIT_CWD: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => (stdout += chunk))
  child.stderr.on('data', chunk => (stderr += chunk))
  const ended = new Promise<number | string>(resolve => {
    child.once('close', (status, signal) => resolve(status ?? signal ?? 'unknown'))
  })
  onTestFinished(async () => {
    child.kill('SIGTERM') // a test that has failed leaves nothing running either
    await ended
  })
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended }
}

/** Waits for the JSON line on standard output; fails with what was said on standard error. */
export async function announced(run: Run): Promise<{
  devices: number
  seconds: number
  graphql: string
  token: string
}> {
  await Promise.race([
    expect.poll(run.stdout, { timeout: 60_000, interval: 100 }).toContain('\n'),
    run.ended,
  ]).catch(() => {})
  expect(run.stdout(), run.stderr()).toMatch(/^\{.*\}\n$/)
  return JSON.parse(run.stdout())
}

export async function query<Data>(
  at: { graphql: string; token: string },
  text: string,
): Promise<Data> {
  const response = await fetch(at.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${at.token}` },
    body: JSON.stringify({ query: text }),
  })
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown }
  expect(errors).toBeUndefined()
  return data
}

/** Process ids of the children that a start recorded in its data directory. */
export function childrenOf(data: string): number[] {
  const traces: { pid: number }[] = JSON.parse(readFileSync(join(data, 'processes.json'), 'utf8'))
  return traces.slice(1).map(({ pid }) => pid)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
