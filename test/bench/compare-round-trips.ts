import { join } from 'node:path'
import { WINDOW } from '@platen/monitor'
import { LIMITS } from '@platen/protocol'
import { startProcess } from '../support/process.ts'
import type { EchoClientsSettings, EchoCommands } from './echo-clients.ts'
import type { EchoComponentSettings } from './echo-component.ts'
import { median, percentile, table } from './figures.ts'
import type { MonitorsCommands, MonitorsSettings } from './monitors.ts'
import { measureRound, type Round, type Way } from './round-trips.ts'
import { COMPONENT, DOMAIN, SECRET, type Stack, serverOf } from './stack.ts'
import { startWorker, type Worker } from './worker.ts'

const ROUNDS = 3
/** So that nothing profits from seeing the same text again. */
const DIFFERENT_IQS = 16
const ROLES = ['clients', 'Prosody', 'component', 'PostgreSQL']
/** Reports that wait for each second: more than the path takes. */
const BACKLOG_PER_SECOND = 10_000
/** Reports appended each second in the live variant: 12,000 printers that are read once a minute. */
const LIVE_PER_SECOND = 200

interface Ways {
  echo: Way & { load: Worker<EchoCommands> }
  path: Way & { load: Worker<MonitorsCommands> }
}

interface Pair {
  echo: Round
  path: Round
}

/** Figures (a) and (b): IQ round trips of bare Prosody, and the whole path, in turns. Gives tables. */
export async function compareRoundTrips(
  stack: Stack,
  { seconds, monitors }: { seconds: number; monitors: number[] },
  progress: (line: string) => void,
): Promise<string> {
  await using parts = new AsyncDisposableStack()
  const most = Math.max(...monitors)
  const ways = await startWays(stack, most, parts)
  const results: [number, Pair[]][] = []
  for (const clients of monitors) {
    results.push([clients, await comparePairs(ways, { clients, seconds, progress })])
  }
  const latencies: [number, number[]][] = []
  for (const clients of monitors) {
    progress(`${clients} monitors, live`)
    latencies.push([clients, await ways.path.load.ask('live', clients, LIVE_PER_SECOND, seconds)])
  }
  return [...report(results), ...reportLive(latencies)].join('\n')
}

async function startWays(
  stack: Stack,
  clients: number,
  parts: AsyncDisposableStack,
): Promise<Ways> {
  const echoComponent = parts.use(
    await startWorker('echo-component.ts', {
      port: stack.echo.componentPort,
      name: COMPONENT,
      secret: SECRET,
    } satisfies EchoComponentSettings),
  )
  const ingest = parts.use(
    startProcess('services/ingest/main.ts', {
      PLATEN_DATABASE_URL: stack.databaseUrl,
      PLATEN_XMPP_DOMAIN: DOMAIN,
      PLATEN_COMPONENT_PORT: String(stack.path.componentPort),
      PLATEN_COMPONENT_SECRET: SECRET,
      PLATEN_LOG_LEVEL: 'warn',
    }),
  )
  const echoClients = parts.use(
    await startWorker<EchoCommands>('echo-clients.ts', {
      server: serverOf(stack.echo),
      clients,
      window: WINDOW,
    } satisfies EchoClientsSettings),
  )
  const monitors = parts.use(
    await startWorker<MonitorsCommands>('monitors.ts', {
      server: serverOf(stack.path),
      component: COMPONENT,
      directory: join(stack.directory, 'monitors'),
      monitors: clients,
    } satisfies MonitorsSettings),
  )
  return {
    echo: {
      load: echoClients,
      processes: {
        clients: echoClients.pid,
        Prosody: stack.echo.pid,
        component: echoComponent.pid,
      },
    },
    path: {
      load: monitors,
      processes: {
        clients: monitors.pid,
        Prosody: stack.path.pid,
        component: ingest.pid,
        PostgreSQL: stack.postgresqlPid,
      },
    },
  }
}

interface Comparison {
  clients: number
  seconds: number
  progress: (line: string) => void
}

/** Rounds of either way in turns, with the same stanzas; the first pair only warms up. */
async function comparePairs(ways: Ways, { clients, seconds, progress }: Comparison) {
  const roundSeconds = seconds / ROUNDS
  // Beyond that, each monitor's window is full to the end, so that all stanzas have the full size.
  const backlog =
    Math.ceil(BACKLOG_PER_SECOND * roundSeconds) + clients * (WINDOW + 1) * LIMITS.reportsPerBatch
  const pairs: Pair[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    await ways.path.load.ask('fill', clients, backlog)
    await ways.echo.load.ask('prepare', await ways.path.load.ask('iqs', DIFFERENT_IQS))
    const echo = await measureRound(ways.echo, clients, roundSeconds)
    const path = await measureRound(ways.path, clients, roundSeconds)
    if (round > 0) pairs.push({ echo, path })
    progress(
      `${clients} monitors: echo ${shown(echo)}, whole path ${shown(path)}, ${Math.round(path.reportsPerSecond)} reports/s`,
    )
  }
  return pairs
}

function shown({ stanzasPerSecond }: Round): string {
  return `${stanzasPerSecond.toPrecision(3)} IQs/s`
}

function report(results: [number, Pair[]][]): string[] {
  const rows = results.map(([clients, pairs]) => {
    const echo = (pick: (round: Round) => number) => median(pairs.map(pair => pick(pair.echo)))
    const path = (pick: (round: Round) => number) => median(pairs.map(pair => pick(pair.path)))
    return [
      String(clients),
      path(round => round.bytesPerStanza),
      path(round => round.reportsPerStanza),
      echo(round => round.stanzasPerSecond),
      path(round => round.stanzasPerSecond),
      path(round => round.reportsPerSecond),
      median(pairs.map(pair => pair.path.stanzasPerSecond / pair.echo.stanzasPerSecond)),
    ]
  })
  const cpu = results.flatMap(([clients, pairs]) =>
    (['echo', 'path'] as const).map(way => [
      `${clients}, ${way === 'echo' ? 'echo' : 'whole path'}`,
      ...ROLES.map(role => median(pairs.map(pair => pair[way].cpu[role] ?? 0))),
      median(pairs.map(pair => coresOf(pair[way]))),
    ]),
  )
  return [
    `Whole path against bare Prosody with an echo component: ${ROUNDS} rounds in turns, a window of ${WINDOW} IQs.`,
    '',
    table(
      ['monitors', 'bytes/IQ', 'reports/IQ', 'echo IQs/s', 'path IQs/s', 'reports/s', 'ratio'],
      rows,
    ),
    'To reach: a ratio of 0.8. CPU milliseconds that an IQ costs, by process, and CPU seconds a second of all together:',
    '',
    table(['monitors', ...ROLES, 'cores'], cpu),
  ]
}

/** CPU seconds a second of all processes: below the machine's cores, others were busy, or one was waited for. */
function coresOf({ cpu, stanzasPerSecond }: Round): number {
  return (Object.values(cpu).reduce((sum, each) => sum + each, 0) * stanzasPerSecond) / 1000
}

function reportLive(latencies: [number, number[]][]): string[] {
  const rows = latencies.map(([clients, values]) => [
    String(clients),
    ...[50, 95, 99].map(percent => percentile(values, percent)),
  ])
  return [
    `Live: ${LIVE_PER_SECOND} reports/s appended one by one; ms from the append to the receipt.`,
    '',
    table(['monitors', 'median', '95 %', '99 %'], rows),
  ]
}
