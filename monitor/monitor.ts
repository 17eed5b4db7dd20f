import type { Logger, RunningProcess } from '@platen/telemetry'
import { chooseWay, openAccount } from './enrolment/index.ts'
import { type Outbox, OutboxFullError, openOutbox } from './outbox/index.ts'
import manifest from './package.json' with { type: 'json' }
import { createPoll, createRegistry, type Registry, runSchedule } from './schedule/index.ts'
import { createSender } from './sender/index.ts'
import type { MonitorSettings } from './settings.ts'
import { openSite } from './site.ts'

export const VERSION = manifest.version

const CONCURRENCY = 32
const HEALTH_MILLISECONDS = 60_000
const FLUSH_MILLISECONDS = 3_000

/** Starts everything: the outbox, sending from it once there is an account, and reading printers into it. */
export async function startMonitor(process: RunningProcess<MonitorSettings>): Promise<void> {
  const { settings, logger, meter, tracer, onStop } = process
  const way = chooseWay(settings)
  const site = openSite(settings)
  onStop('the SNMP sockets', site.close)

  const quotaBytes = settings.outboxMb * 1024 * 1024
  const outbox = openOutbox({ directory: settings.data, quotaBytes })
  onStop('the outbox', () => outbox[Symbol.dispose]())
  if (outbox.movedAside) {
    logger.error('the outbox was damaged and is moved aside; everything is reported anew')
  }

  const xmpp = await openAccount(way, settings.data, process)
  const bytesPerSecond = settings.sendKibPerSecond * 1024
  const sender = createSender({ outbox, xmpp, logger, meter, bytesPerSecond })
  onStop('the sender', () => sender.stop(FLUSH_MILLISECONDS))

  const registry = createRegistry(outbox.devices())
  const reportHealth = healthReporter(outbox, registry, logger)
  const stopping = new AbortController()
  const { signal } = stopping
  const poll = createPoll({ outbox, registry, read: site.read, logger, tracer, meter, signal })
  let sweeps = 0
  const scheduled = runSchedule({
    registry,
    poll,
    sweep: site.sweep,
    onSwept() {
      sweeps += 1
      reportHealth(sweeps)
    },
    pollMilliseconds: settings.pollSeconds * 1000,
    sweepMilliseconds: settings.sweepSeconds * 1000,
    concurrency: CONCURRENCY,
    logger,
    signal,
  })
  const timer = setInterval(() => reportHealth(sweeps), HEALTH_MILLISECONDS)
  onStop('the polls', async () => {
    clearInterval(timer)
    stopping.abort()
    await scheduled
  })
}

function healthReporter(outbox: Outbox, registry: Registry, logger: Logger) {
  const startedAt = new Date().toISOString()
  return (sweeps: number): void => {
    const { reports: outboxReports, bytes: outboxBytes, thinned } = outbox.stats()
    const unreadable = [...registry.all()].filter(device => device.failures > 0).length
    const known = { version: VERSION, startedAt, devices: registry.size, unreadable, sweeps }
    const monitor = { ...known, outboxReports, outboxBytes, thinned }
    try {
      outbox.append([{ observedAt: new Date().toISOString(), monitor }])
    } catch (error) {
      if (!(error instanceof OutboxFullError)) throw error
      logger.warn(error.message)
    }
  }
}
