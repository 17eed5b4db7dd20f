import { LOG_LEVELS } from './logger.ts'
import {
  choice,
  optional,
  port,
  readSettings,
  type Settings,
  SettingsError,
  text,
} from './settings.ts'
import { onShutdown } from './shutdown.ts'
import { startTelemetry, type Telemetry } from './telemetry.ts'

export interface ProcessOptions<T> {
  /** The process's name in logs, traces and metrics, e.g. `ingest`. */
  service: string
  version?: string
  settings: Settings<T>
}

export interface RunningProcess<T> extends Omit<Telemetry, 'shutdown' | 'port'> {
  settings: T
  /** Names how to stop what has just been started. It is stopped in reverse order, also when the start fails. */
  onStop(name: string, stop: () => unknown): void
}

const COMMON = {
  level: choice('PLATEN_LOG_LEVEL', LOG_LEVELS, { default: 'info' }),
  healthHost: text('PLATEN_HEALTH_HOST', { default: '127.0.0.1' }),
  healthPort: optional(port('PLATEN_HEALTH_PORT', { anyFree: true })),
}

/**
 * The life of every process: read the settings (exit status 2 when they are wrong), start telemetry, `start` (exit
 * status 1 when it fails, after stopping what had been started), be ready, stop in order.
 */
export async function runProcess<T extends object>(
  options: ProcessOptions<T>,
  start: (process: RunningProcess<T>) => Promise<void>,
): Promise<void> {
  const { service, version } = options
  try {
    const settings = readSettings(process.env, options.settings)
    const common = readSettings(process.env, COMMON)
    const telemetry = await startTelemetry({ service, version, ...common })
    await live(settings, telemetry, start)
  } catch (error) {
    if (!(error instanceof StartError)) {
      process.stderr.write(`cannot start ${service}: ${messageOf(error)}\n`)
    }
    process.exit(error instanceof SettingsError ? 2 : 1)
  }
}

/** The start has failed, and the log says why. */
class StartError extends Error {}

async function live<T>(
  settings: T,
  telemetry: Telemetry,
  start: (process: RunningProcess<T>) => Promise<void>,
): Promise<void> {
  const { logger, health, port, shutdown } = telemetry
  const parts = startedParts()
  parts.add('telemetry', shutdown)
  const stop = () => {
    health.ready('process', false)
    return parts.stop()
  }
  onShutdown(logger, stop, { pending: parts.last })
  health.ready('process', false)
  try {
    await start({ ...telemetry, settings, onStop: parts.add })
  } catch (error) {
    if (error instanceof SettingsError) {
      await stop()
      throw error
    }
    logger.fatal({ err: error }, `cannot start: ${messageOf(error)}`)
    await stop()
    throw new StartError()
  }
  health.ready('process', true)
  logger.info({ healthPort: port }, 'ready')
}

/** What has been started so far, to be stopped once and in reverse order. */
function startedParts() {
  const parts: { name: string; stop: () => unknown }[] = []
  let stopped: Promise<void> | undefined
  const stopAll = async () => {
    for (let part = parts.at(-1); part; part = parts.at(-1)) {
      await part.stop()
      parts.splice(parts.indexOf(part), 1)
    }
  }
  return {
    add: (name: string, stop: () => unknown) => void parts.push({ name, stop }),
    last: () => parts.at(-1)?.name ?? 'the process',
    stop: () => {
      stopped ??= stopAll()
      return stopped
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
