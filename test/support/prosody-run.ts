import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createMonitor, createSite, type Sql } from '@platen/database'
import {
  type Child,
  findProsody,
  serverAccount,
  startChild,
  tailOf,
  untilReady,
} from '@platen/local'

export { freePorts } from '@platen/local'

export interface ProsodyRun {
  /** Holds all the files. */
  directory: string
  configFile: string
  /** Made below the directory. */
  dataFolder: string
  env: Record<string, string>
  ports: number[]
}

export interface RunningProsody extends AsyncDisposable {
  child: Child
  log(): string
  /** Runs a Lua script with what Prosody's own has; its exit status. */
  lua(file: string): Promise<number>
}

/** Starts a real Prosody with a configuration of the caller's, and waits until it listens. */
export async function runProsody(run: ProsodyRun): Promise<RunningProsody> {
  const { command, args, env } = await findProsody()
  const data = join(run.directory, run.dataFolder)
  mkdirSync(data)
  chmodSync(data, 0o777)
  const child = await startChild({
    name: 'Prosody',
    command,
    args: [...args, '-F', '--config', run.configFile],
    env: { ...env, ...run.env },
    logFile: join(run.directory, 'prosody.log'),
    cwd: run.directory,
    account: serverAccount(),
  })
  await untilReady(child, async () => {
    const open = await Promise.all(run.ports.map(accepts))
    return open.includes(false) ? `nothing listens on one of ${run.ports}` : undefined
  })
  return {
    child,
    log: () => tailOf(child.logFile, 50),
    lua: file =>
      new Promise(resolve => {
        const script = execFile(command, [file], { env: { ...process.env, ...env } })
        script.on('exit', status => resolve(status ?? 1))
      }),
    [Symbol.asyncDispose]: () => child.stop(5_000),
  }
}

/** An account by which a monitor logs in. */
export async function addMonitor(
  sql: Sql,
  account: { name: string; host: string; password: string },
): Promise<void> {
  await createMonitor(sql, { ...account, site: await createSite(sql, 'A site') })
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
