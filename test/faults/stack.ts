import { appendFileSync, chmodSync, cpSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, freePorts, startChild, startPostgresql, startProsody } from '@platen/local'
import { type Databases, DOMAIN, makeDatabases, passwordOf } from './databases.ts'
import { MONITORS, type MonitorName, type MonitorSpec, RATE } from './monitors.ts'
import { createProcesses, type Processes, postmasterOf } from './processes.ts'
import { type Relay, startRelay } from './relay.ts'
import type { Line, ServerName } from './schedule.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'
import type { FINISH, StreamSettings, StreamStatus } from './stream.ts'
import { until } from './until.ts'

/** The processes under test, each started again whenever it ends, and the lines between them. */
export interface Stack extends Databases {
  directory: string
  /** ms since 1970 before which no report was observed. */
  base: number
  lines: Record<Line, Relay>
  /** Undefined where none can be mounted. */
  smallDisk: SmallDisk | undefined
  /** The process under this name, also while it is still starting; undefined between two. */
  pidOf(name: ServerName | MonitorName): number | undefined
  /** What a monitor said last. */
  statusOf(name: MonitorName): StreamStatus | undefined
  tell(name: MonitorName, message: typeof FINISH): void
  /** Where a monitor's outbox is after it has stopped; a copy, if it was on the small disk. */
  outboxOf(monitor: MonitorSpec): string
  /** Ends of processes that nobody caused, in words. */
  ends(): string[]
  /** Stops all but the database. */
  stopSending(): Promise<void>
  stop(): Promise<void>
}

const SECRET = 'component-secret'
const INGEST = fileURLToPath(new URL('../../services/ingest/main.ts', import.meta.url))
const STREAM = fileURLToPath(new URL('stream.ts', import.meta.url))

/** Makes an empty directory that also servers which do not run as root may enter. */
export function makeDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'platen-faults-'))
  chmodSync(path, 0o755)
  return path
}

/** Starts PostgreSQL (with fsync: durability is real), Prosody, the ingest and the monitors. */
export async function startStack(directory: string, signal: AbortSignal): Promise<Stack> {
  await using cleanUp = new AsyncDisposableStack()
  const log = (line: string) => appendFileSync(join(directory, 'supervisor.log'), `${line}\n`)
  const smallDisk = await mountSmallDisk(join(directory, 'small-disk'))
  cleanUp.defer(() => smallDisk?.stop())
  const below = createProcesses(log, signal)
  cleanUp.defer(() => below.stop())
  const postgresql = join(directory, 'postgresql')
  const { url } = await below.run('postgresql', () => startPostgresql({ directory: postgresql }))
  const databases = await makeDatabases(url)
  const above = createProcesses(log, signal)
  cleanUp.defer(() => above.stop())
  const { caFile, lines } = await startServers(directory, databases.url, { above, cleanUp })

  const base = Date.now()
  const streams = createStreams(directory, smallDisk, above)
  const ca = readFileSync(caFile, 'utf8')
  for (const monitor of MONITORS) {
    const { name: user } = monitor
    const { port } = lines[user]
    const password = passwordOf(user)
    const xmpp = { host: '127.0.0.1', port, domain: DOMAIN, user, password, ca }
    await streams.start(monitor, { monitor, xmpp, base, rate: RATE })
  }
  for (const { name } of MONITORS) {
    await until(`${name} tells of itself`, () => streams.statusOf(name))
  }
  const started = cleanUp.move()
  return {
    ...databases,
    directory,
    base,
    lines,
    smallDisk,
    pidOf: name =>
      name === 'postgresql' ? postmasterOf(join(postgresql, 'data')) : above.pidOf(name),
    statusOf: streams.statusOf,
    tell: streams.tell,
    outboxOf: streams.outboxOf,
    ends: () => [...below.ends, ...above.ends],
    async stopSending() {
      await above.stop()
    },
    stop: () => started.disposeAsync(),
  }
}

/** Prosody and the ingest, and a line of its own from each that connects. */
async function startServers(
  directory: string,
  databaseUrl: string,
  { above, cleanUp }: { above: Processes; cleanUp: AsyncDisposableStack },
) {
  const open = async (port: number) => {
    const line = await startRelay(port)
    cleanUp.defer(() => line.close())
    return line
  }
  const [c2sPort, componentPort] = (await freePorts(2)) as [number, number]
  const { caFile } = await above.run('prosody', () =>
    startProsody({
      directory: join(directory, 'prosody'),
      domain: DOMAIN,
      databaseUrl,
      componentSecret: SECRET,
      c2sPort,
      componentPort,
    }),
  )
  const lines: Record<Line, Relay> = {
    ingest: await open(componentPort),
    'monitor-a': await open(c2sPort),
    'monitor-b': await open(c2sPort),
    'monitor-c': await open(c2sPort),
    'monitor-d': await open(c2sPort),
    'monitor-e': await open(c2sPort),
  }
  const env = {
    PLATEN_DATABASE_URL: databaseUrl,
    PLATEN_XMPP_DOMAIN: DOMAIN,
    PLATEN_COMPONENT_HOST: '127.0.0.1',
    PLATEN_COMPONENT_PORT: String(lines.ingest.port),
    PLATEN_COMPONENT_SECRET: SECRET,
  }
  await above.run('ingest', () => startNode({ directory, name: 'ingest', main: INGEST, env }))
  return { caFile, lines }
}

function createStreams(directory: string, smallDisk: SmallDisk | undefined, processes: Processes) {
  const statuses = new Map<string, StreamStatus>()
  const running = new Map<string, Child>()
  const diskOf = ({ onSmallDisk }: MonitorSpec) => (onSmallDisk ? smallDisk : undefined)

  async function start(
    monitor: MonitorSpec,
    settings: Omit<StreamSettings, 'directory'>,
  ): Promise<void> {
    const { name } = monitor
    const disk = diskOf(monitor)
    const own = { ...settings, directory: join(disk?.directory ?? directory, name) }
    const env = { PLATEN_STREAM: JSON.stringify(own) }
    await processes.run(name, async () => {
      const child = await startNode({ directory, name, main: STREAM, env, enter: disk?.enter })
      child.process.on('message', (status: StreamStatus) => statuses.set(name, status))
      running.set(name, child)
      return child
    })
  }

  return {
    start,
    statusOf: (name: MonitorName) => statuses.get(name),
    tell: (name: MonitorName, message: typeof FINISH) => {
      const child = running.get(name)?.process
      if (child?.connected) child.send(message)
    },
    outboxOf(monitor: MonitorSpec): string {
      const path = join(directory, monitor.name)
      // SQLite resolves links, and so can't open what is seen through /proc.
      const disk = diskOf(monitor)
      if (disk) cpSync(join(disk.seenFromHere, monitor.name), path, { recursive: true })
      return path
    },
  }
}

interface NodeProcess {
  /** Where it works, and logs. */
  directory: string
  name: string
  main: string
  env: Record<string, string>
  /** What stands before its command line. */
  enter?: string[] | undefined
}

function startNode({ directory, name, main, env, enter = [] }: NodeProcess): Promise<Child> {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', main]
  const [command = process.execPath, ...args] = [...enter, ...node]
  const logFile = join(directory, `${name}.log`)
  return startChild({ name, command, args, env, cwd: directory, logFile, ipc: true })
}
