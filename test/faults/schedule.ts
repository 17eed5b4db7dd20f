import { MONITORS, type MonitorName } from './monitors.ts'
import { between, createRandom, pickOne, type Random } from './random.ts'

export const SERVERS = ['prosody', 'ingest', 'postgresql'] as const
export type ServerName = (typeof SERVERS)[number]

/** Something that breaks, `at` so many milliseconds after the start. */
export type Fault = { at: number } & (
  | {
      kind: 'kill'
      process: ServerName | MonitorName
      /** Killed again so many milliseconds after each restart has begun. */
      again: number[]
    }
  /** One of the database's connections: PostgreSQL then ends all the others and recovers. */
  | { kind: 'kill backend' }
  /** Both ends of the connections are closed at once. */
  | { kind: 'cut'; line: Line }
  /** Nothing arrives any more at either end, and nobody is told; after a while both are closed. */
  | { kind: 'stall'; line: Line; milliseconds: number }
  /** No connection until the outbox refuses a report, or thins. */
  | { kind: 'quota full'; monitor: MonitorName }
  | { kind: 'thinning'; monitor: MonitorName }
  /** The disk below the outbox is full until the outbox refuses a report. */
  | { kind: 'disk full'; monitor: MonitorName }
)

/** A connection that goes through a proxy of ours: a monitor's to Prosody, or the ingest's. */
export type Line = MonitorName | 'ingest'

/** How often each happens in the default run of 180 s; in a shorter run as much less, but at least once. */
const TIMES_IN_180_S = 10
const RARE_IN_180_S = 5

const NAMES = MONITORS.map(({ name }) => name) as [MonitorName, ...MonitorName[]]

/** What breaks when, in order: a pure function of the seed. */
export function scheduleOf(options: { seed: number; seconds: number }): Fault[] {
  const random = createRandom(options.seed)
  const often = Math.ceil((TIMES_IN_180_S * options.seconds) / 180)
  const rarely = Math.ceil((RARE_IN_180_S * options.seconds) / 180)
  const at = () => Math.floor(random() * options.seconds * 1000)
  const repeat = (times: number, make: () => Fault) => Array.from({ length: times }, make)
  return [
    ...SERVERS.flatMap(process => repeat(often, () => kill(random, process, at()))),
    ...repeat(often + NAMES.length, () => kill(random, pickOne(random, NAMES), at())),
    ...repeat(rarely, () => ({ at: at(), kind: 'kill backend' })),
    ...repeat(often, () => ({ at: at(), kind: 'cut', line: pickOne(random, NAMES) })),
    ...repeat(rarely, () => ({ at: at(), kind: 'cut', line: 'ingest' })),
    ...repeat(rarely, () => stall(random, pickOne(random, NAMES), at())),
    ...repeat(rarely, () => stall(random, 'ingest', at())),
    ...repeat(rarely, () => ({ at: at(), kind: 'quota full', monitor: 'monitor-d' })),
    ...repeat(rarely, () => ({ at: at(), kind: 'thinning', monitor: 'monitor-e' })),
    ...repeat(rarely, () => ({ at: at(), kind: 'disk full', monitor: 'monitor-c' })),
  ].toSorted((a, b) => a.at - b.at)
}

function kill(random: Random, process: ServerName | MonitorName, at: number): Fault {
  const again = random() < 0.3 ? Array.from({ length: between(random, 1, 2) }, () => 0) : []
  return { at, kind: 'kill', process, again: again.map(() => between(random, 0, 600)) }
}

function stall(random: Random, line: Line, at: number): Fault {
  return { at, kind: 'stall', line, milliseconds: between(random, 500, 8000) }
}
