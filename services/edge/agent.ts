import type { Health, Logger } from '@platen/telemetry'
import { cull } from './cull.ts'
import { createMapKeeper } from './map-keeper.ts'
import type { EdgeMetrics } from './metrics.ts'
import type { Routes } from './routes.ts'
import type { RoutesFile } from './routes-file.ts'
import type { Runtime } from './runtime.ts'
import type { Targets } from './targets.ts'

export interface AgentOptions {
  file: RoutesFile
  targets: Targets
  runtime: Runtime
  mapFile: string
  metrics: EdgeMetrics
  health: Health
  logger: Logger
}

export interface Agent {
  /** Looks once at everything, and brings HAProxy where it should be. Never rejects. */
  turn(): Promise<void>
}

/** Turns after a change in which connections are looked at: one that was just being routed is found the next time. */
const CULLS = 2

/** Keeps HAProxy's map equal to the routes file, and ends connections to where no route leads. */
export function createAgent(options: AgentOptions): Agent {
  const { file, targets, runtime, mapFile, metrics, health, logger } = options
  const keeper = createMapKeeper(runtime, mapFile)
  const say = onceEach(logger)
  // The agent before this one may have changed the map and come no further.
  let culls = CULLS

  async function read(): Promise<void> {
    try {
      await file.look()
      metrics.file(file.isValid)
    } catch (error) {
      metrics.file(false)
      logger.error({ err: error }, 'cannot take the new routes: those of before are kept')
    }
  }

  async function bring(routes: Routes): Promise<void> {
    const map = await targets.find(routes, await keeper.current())
    metrics.routes({ routed: map.size, unresolved: routes.size - map.size })
    if (await keeper.keep(map)) {
      metrics.applied()
      culls = CULLS
      logger.info({ routes: map.size }, 'routes applied')
    }
    if (culls === 0) return
    metrics.ended(await cull(runtime, map))
    culls -= 1
  }

  return {
    async turn() {
      await read()
      if (!file.routes) return
      try {
        await bring(file.routes)
        metrics.entrances(await runtime.entrances())
        health.ready('routes', true)
        say('info', 'HAProxy has the routes')
      } catch (error) {
        health.ready('routes', false)
        say('warn', 'cannot bring the routes to HAProxy: it will be tried again', error)
      }
    },
  }
}

/** Says how things are when that has changed. */
function onceEach(logger: Logger) {
  let last = ''
  return (level: 'info' | 'warn', message: string, error?: unknown) => {
    if (message !== last) logger[level](error === undefined ? {} : { err: error }, message)
    last = message
  }
}
