import { fileURLToPath } from 'node:url'
import { startWorker, type Worker } from '../../bench/worker.ts'
import { MANAGEMENT } from '../../cluster/clusters.ts'
import { placeOf, tokenOf } from '../../cluster/platform/customer.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { startLoad } from '../load/load.ts'
import { runIdle } from '../load/priority.ts'
import type { Platform } from '../platform.ts'
import type { AskCommands, AskSettings } from './ask.ts'
import type { ConnectCommands, ConnectSettings } from './connect.ts'
import { QUERIES } from './queries.ts'
import { addSources } from './sources.ts'

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** More of something than one tenant has any use for. */
export interface Flood extends AsyncDisposable {
  /** Ends it. */
  stop(): Promise<Came>
}

export interface Came {
  /** In words. */
  told: string
  /** Why it was no flood; undefined: what went through was much, and a bound kept the rest out. */
  shortfall: string | undefined
}

export interface FloodKind {
  name: string
  start(platform: Platform, tenant: TenantPlan): Promise<Flood>
}

const MONITORS = 10
/** Of each of them; one sends so many in a minute. */
const REPORTS_A_SECOND = 100
/** Twice as many as the other tenant's monitors send in the same time. */
const FEWEST_REPORTS = 2_500
const QUESTIONS = 32
/** 5,000 on each port are more than a tenant may have, and 1,667 fewer than a source may. */
const SOURCES = 6
const CONNECTIONS = 5_000
const OPENING = 64
/** More than a tenant has any use for. */
const FEWEST_HELD = 1_000

export const FLOODS: FloodKind[] = [
  { name: 'reports', start: reports },
  { name: 'GraphQL queries', start: questions },
  { name: 'connections', start: connections },
]

async function reports(platform: Platform, tenant: TenantPlan): Promise<Flood> {
  const options = { monitors: MONITORS, rate: REPORTS_A_SECOND, isFlood: true }
  const load = await startLoad(platform, tenant, options)
  return {
    async stop() {
      const { length } = await load.take()
      return {
        told: `${length} reports stored, of ${MONITORS} monitors`,
        shortfall: length < FEWEST_REPORTS ? `only ${length} reports were stored` : undefined,
      }
    },
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  }
}

async function questions(platform: Platform, tenant: TenantPlan): Promise<Flood> {
  const place = await placeOf(tenant, platform.cluster(MANAGEMENT))
  const token = await tokenOf(tenant, platform.cluster(tenant.region.cluster))
  const settings: AskSettings = {
    place: { ...place, token },
    parallel: QUESTIONS,
    queries: QUERIES,
  }
  const worker = await startIdle<AskCommands>('ask.ts', settings)
  return {
    async stop() {
      const asked = await worker.ask('stop')
      const { answered, refused, deferred, failed } = asked
      const told = `${answered} queries answered, ${refused} refused as too much, ${deferred} deferred (429), ${failed} failed; ${QUESTIONS} at a time`
      const isFlood = answered > 0 && deferred > answered && failed * 10 < deferred
      return { told, shortfall: isFlood ? undefined : told }
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  }
}

async function connections(platform: Platform, tenant: TenantPlan): Promise<Flood> {
  const place = await placeOf(tenant, platform.cluster(MANAGEMENT))
  const sources = await addSources(SOURCES)
  const settings: ConnectSettings = {
    place,
    sources: sources.addresses,
    most: CONNECTIONS,
    parallel: OPENING,
  }
  const worker = await startIdle<ConnectCommands>('connect.ts', settings)
  return {
    async stop() {
      const { opened, refused, held } = await worker.ask('stop')
      const told = `${opened} connections opened, ${refused} refused, ${held} held at once, from ${SOURCES} addresses`
      const isFlood = held >= FEWEST_HELD && refused > 0
      return { told, shortfall: isFlood ? undefined : told }
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]()
      await sources[Symbol.asyncDispose]()
    },
  }
}

async function startIdle<Commands>(file: string, settings: object): Promise<Worker<Commands>> {
  const worker = await startWorker<Commands>(fileOf(file), settings)
  const idle = runIdle(worker.pid)
  return {
    ...worker,
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]()
      idle[Symbol.dispose]()
    },
  }
}
