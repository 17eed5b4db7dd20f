import { type Fleet, type FleetOptions, startFleet } from './fleet.ts'
import { readSettings } from './settings.ts'

/**
 * The simulated printers as a process of their own. When all of them answer, it tells { devices, networks, port } to
 * its parent through the IPC channel, or as one line of JSON on standard output where there is none. It ends on
 * SIGTERM, SIGINT, or when the parent is gone. Exit status 2: a wrong setting; 1: it could not start.
 */
async function main(): Promise<void> {
  // There is nothing to finish: the sockets end with the process.
  for (const end of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(end, () => process.exit(0))
  const settings = orExit(2, () => readSettings(process.env))
  const fleet = await start(settings)
  announce({ devices: fleet.addresses.length, networks: fleet.networks, port: fleet.port })
}

async function start(settings: FleetOptions): Promise<Fleet> {
  try {
    return await startFleet(settings)
  } catch (error) {
    return exit(1, error)
  }
}

function announce(ready: { devices: number; networks: string[]; port: number }): void {
  if (process.send) process.send(ready)
  else process.stdout.write(`${JSON.stringify(ready)}\n`)
}

function orExit<T>(status: number, step: () => T): T {
  try {
    return step()
  } catch (error) {
    return exit(status, error)
  }
}

function exit(status: number, error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(status)
}

await main()
