import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, startChild, tailOf } from './child.ts'
import type { Source } from './options.ts'

/** The process of simulated printers, and where they answer. */
export interface Fleet extends Child {
  devices: number
  networks: string[]
  port: number
}

type Ready = Pick<Fleet, 'devices' | 'networks' | 'port'>

/**
 * Starts the simulated printers, as a process of their own.
 * @param port 0 for any free one
 * @throws the process's own sentence when a recording cannot be read.
 */
export async function startFleet(
  source: Exclude<Source, { kind: 'network' }>,
  logDirectory: string,
  port: number,
): Promise<Fleet> {
  const logFile = join(logDirectory, 'fleet.log')
  const env: Record<string, string> = {
    PLATEN_FLEET_PRINTERS: String(source.printers),
    PLATEN_FLEET_PORT: String(port),
  }
  if (source.kind === 'recordings') env.PLATEN_FLEET_RECORDINGS = source.directory
  const main = fileURLToPath(new URL('../../test/fleet/main.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', main]
  const child = await startChild({
    name: 'fleet',
    command: process.execPath,
    args,
    env,
    logFile,
    ipc: true,
  })
  const ready = new Promise<Ready>(resolve =>
    child.process.once('message', message => resolve(message as Ready)),
  )
  const ended = child.exited.then(how => {
    throw new Error(
      tailOf(logFile, 1) || `cannot start the simulated printers: they ended with ${how}`,
    )
  })
  ended.catch(() => {})
  return { ...child, ...(await Promise.race([ready, ended])) }
}
