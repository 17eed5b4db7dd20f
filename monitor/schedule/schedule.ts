import type { Logger } from '@platen/telemetry'
import { pause } from '../xmpp/index.ts'
import { createLimiter } from './limiter.ts'
import type { Poll } from './poll.ts'
import type { Device, Registry } from './registry.ts'

export interface ScheduleOptions {
  registry: Registry
  poll: Poll
  /** Gives the address of each printer in the networks. */
  sweep(signal: AbortSignal): AsyncIterable<string>
  /** What the first sweep found is in the outbox, and so on for each sweep. */
  onSwept(): void
  pollMilliseconds: number
  sweepMilliseconds: number
  /** Devices read at the same time. */
  concurrency: number
  logger: Logger
  signal: AbortSignal
}

const TICK_MILLISECONDS = 500

/** Sweeps at start and regularly, and polls each known device regularly, until aborted. */
export async function runSchedule(options: ScheduleOptions): Promise<void> {
  const limit = createLimiter(options.concurrency)
  await Promise.all([sweepForEver(options, limit), pollForEver(options, limit)])
}

type Limit = ReturnType<typeof createLimiter>

async function sweepForEver(options: ScheduleOptions, limit: Limit): Promise<void> {
  const { signal, logger, sweepMilliseconds } = options
  while (!signal.aborted) {
    const started = Date.now()
    try {
      await sweepOnce(options, limit)
    } catch (error) {
      if (signal.aborted) return
      logger.error({ err: error }, 'cannot sweep the networks; trying again at the next sweep')
    }
    await pause(Math.max(1000, started + sweepMilliseconds - Date.now()), signal)
  }
}

/** Reads what is new, and what could not be read where it was; what is polled well needs no more. */
async function sweepOnce(options: ScheduleOptions, limit: Limit): Promise<void> {
  const { registry, poll, sweep, signal } = options
  const reads: Promise<void>[] = []
  for await (const address of sweep(signal)) {
    const known = registry.at(address)
    if (known && known.readAt > 0 && known.failures === 0) continue
    reads.push(limit(() => pollAt(address)))
  }
  await Promise.all(reads)
  signal.throwIfAborted()
  options.onSwept()

  async function pollAt(address: string): Promise<void> {
    await poll(address)
    const device = registry.at(address)
    // Read all at once by the sweep, they are polled spread over the time from here on.
    if (device) device.dueAt = Date.now() + Math.random() * options.pollMilliseconds
  }
}

async function pollForEver(options: ScheduleOptions, limit: Limit): Promise<void> {
  const { registry, poll, pollMilliseconds, signal } = options
  // A known device waits its turn from the start on; most are read by the first sweep before.
  for (const device of registry.all()) {
    device.dueAt = Date.now() + Math.random() * pollMilliseconds
  }
  const busy = new Set<string>()
  const pollDevice = async ({ key, identity: { address } }: Device['record']) => {
    if (address === undefined || busy.has(key)) return // still waiting for its last turn
    busy.add(key)
    await limit(() => poll(address)).finally(() => busy.delete(key))
  }
  while (!signal.aborted) {
    const now = Date.now()
    for (const device of registry.all()) {
      if (device.dueAt > now) continue
      device.dueAt = nextDue(device, now, pollMilliseconds)
      pollDevice(device.record).catch(error => {
        if (!signal.aborted) options.logger.error({ err: error }, 'cannot poll a device')
      })
    }
    await pause(TICK_MILLISECONDS, signal)
  }
}

/** Keeps its place in the round, unless it is late by more than a round. */
function nextDue({ dueAt }: Device, now: number, period: number): number {
  return dueAt + period > now ? dueAt + period : now + period
}
