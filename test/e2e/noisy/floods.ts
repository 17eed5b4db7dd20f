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
  /** Ends it, and tells in words what came of it. */
  stop(): Promise<string>
}

export interface FloodKind {
  name: string
  start(platform: Platform, tenant: TenantPlan): Promise<Flood>
}

const MONITORS = 10
/** Of each of them; one sends so many in a minute. */
const REPORTS_A_SECOND = 100
const QUESTIONS = 32
/** 5,000 on each port are more than a tenant may have, and 1,667 fewer than a source may. */
const SOURCES = 6
const CONNECTIONS = 5_000
const OPENING = 64

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
      return `${length} reports stored, of ${MONITORS} monitors`
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
      const { answered, refused, failed } = await worker.ask('stop')
      return `${answered} queries answered, ${refused} refused as too much, ${failed} failed; ${QUESTIONS} at a time`
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
      return `${opened} connections opened, ${refused} refused, ${held} held at once, from ${SOURCES} addresses`
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
