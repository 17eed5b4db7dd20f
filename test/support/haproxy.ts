import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startChild, withoutServices } from '@platen/local'

const run = promisify(execFile)

/** A real HAProxy; disposing of it kills it. */
export interface TestHaproxy extends AsyncDisposable {
  readonly pid: number
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** What it has written. */
  log(): string
  readonly exited: Promise<string>
}

export interface HaproxyOptions {
  directory: string
  config: string
  /** It listens when it is up. */
  port: number
}

/** @throws with what HAProxy says about its configuration */
export async function startHaproxy({
  directory,
  config,
  port,
}: HaproxyOptions): Promise<TestHaproxy> {
  const [file, logFile] = [join(directory, 'haproxy.cfg'), join(directory, 'haproxy.log')]
  writeFileSync(file, config)
  const child = await startChild({
    name: 'HAProxy',
    command: await findHaproxy(),
    args: ['-db', '-f', file],
    logFile,
  })
  let end: string | undefined
  void child.exited.then(how => {
    end = how
  })
  while (!(await accepts(port))) {
    if (end) throw new Error(`cannot start HAProxy: ${end}: ${readFileSync(logFile, 'utf8')}`)
    await sleep(20)
  }
  const kill = async () => {
    child.kill()
    await child.exited
  }
  return {
    pid: child.pid,
    exited: child.exited,
    kill,
    signal: signal => void child.process.kill(signal),
    log: () => readFileSync(logFile, 'utf8'),
    [Symbol.asyncDispose]: kill,
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      done(true)
    })
    socket.on('error', () => done(false))
  })
}

const PROGRAM = '/usr/sbin/haproxy'

/**
 * HAProxy's program: the system's, otherwise installed through apt-get when this process is root.
 * @throws one sentence that says what to install
 */
async function findHaproxy(): Promise<string> {
  if (existsSync(PROGRAM)) return PROGRAM
  try {
    if (process.getuid?.() !== 0) throw new Error('this is not root')
    await install()
  } catch (cause) {
    throw new Error(
      `cannot install HAProxy (${cause instanceof Error ? cause.message : cause}); install it by hand (Debian: apt-get install haproxy)`,
      { cause },
    )
  }
  return PROGRAM
}

async function install(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) =>
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { env })
  // Debian's package starts a server of its own.
  await withoutServices(() => installWith(apt))
}

/** Two test files may want it at the same time, and `update` does not wait for its lock: whoever comes second waits. */
async function installWith(apt: (...args: string[]) => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await apt('update')
      await apt('install', '-y', '--no-install-recommends', 'haproxy')
      return
    } catch (error) {
      if (existsSync(PROGRAM)) return
      if (tries === 3) throw error
      await sleep(5_000)
    }
  }
}
