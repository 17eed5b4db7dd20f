import type { Logger } from '@platen/telemetry'
import { pause } from '../xmpp/index.ts'
import { createLimiter } from './limiter.ts'
import { FAILURES_TO_REPORT } from './observe.ts'
import type { Poll } from './poll.ts'
import type { Device, Registry } from './registry.ts'

export interface ScheduleOptions {
  registry: Registry
  poll: Poll
  /** Gives the address of each printer in the networks. */
  sweep(signal: AbortSignal): AsyncIterable<string>
  /** All that a sweep has found is in the outbox. */
  onSwept(): void
  pollMilliseconds: number
  sweepMilliseconds: number
  /** Devices read at the same time. */
  concurrency: number
  logger: Pick<Logger, 'error'>
  signal: AbortSignal
  /** How often it is looked up who is due, ms; default 500. */
  tick?: number
}

/** Monotonic: a clock that is set must neither stop the polls nor start all of them at once. */
const clock = () => performance.now()

/** Sweeps at start and regularly, and polls each known device regularly, until aborted. Nothing goes on behind it. */
export async function runSchedule(options: ScheduleOptions): Promise<void> {
  const limit = createLimiter(options.concurrency)
  const underWay = new Set<Promise<void>>()
  const read: Read = (task, failed) => {
    const reading = limit(task)
      .catch(error => {
        if (!options.signal.aborted) options.logger.error({ err: error }, failed)
      })
      .finally(() => underWay.delete(reading))
    underWay.add(reading)
    return reading
  }
  await Promise.all([sweepForEver(options, read), pollForEver(options, read)])
  await Promise.all(underWay)
}

/** Reads a device when it is its turn; logs what fails, and never rejects. */
type Read = (task: () => Promise<void>, failed: string) => Promise<void>

async function sweepForEver(options: ScheduleOptions, read: Read): Promise<void> {
  const { signal, logger, sweepMilliseconds } = options
  while (!signal.aborted) {
    const started = clock()
    try {
      await sweepOnce(options, read)
    } catch (error) {
      if (signal.aborted) return
      logger.error({ err: error }, 'cannot sweep the networks; trying again at the next sweep')
    }
    await pause(Math.max(1000, started + sweepMilliseconds - clock()), signal)
  }
}

/** Reads what is new, and what could not be read where it was; what is polled well needs no more. */
async function sweepOnce(options: ScheduleOptions, read: Read): Promise<void> {
  const { registry, poll, sweep, signal } = options
  const reads: Promise<void>[] = []
  for await (const address of sweep(signal)) {
    const known = registry.at(address)
    if (known?.isRead && known.failures === 0) continue
    reads.push(read(() => readFound(address), 'cannot read a device'))
  }
  await Promise.all(reads)
  signal.throwIfAborted()
  options.onSwept()

  async function readFound(address: string): Promise<void> {
    await poll.found(address)
    const device = registry.at(address)
    // Read all at once by the sweep, they are polled spread over the time from here on.
    if (device) device.dueAt = clock() + Math.random() * options.pollMilliseconds
  }
}

async function pollForEver(options: ScheduleOptions, read: Read): Promise<void> {
  const { registry, poll, pollMilliseconds, signal, tick = 500 } = options
  // A known device waits its turn from the start on; most are read by the first sweep before.
  for (const device of registry.all()) device.dueAt = clock() + Math.random() * pollMilliseconds
  const busy = new Set<string>() // still waiting for their last turn
  const pollDue = (device: Device, now: number) => {
    const { key } = device.record
    if (device.dueAt > now || busy.has(key)) return
    device.dueAt = nextDue(device, now, pollMilliseconds)
    busy.add(key)
    const polled = read(() => poll.known(key), 'cannot poll a device')
    void polled.then(() => busy.delete(key))
  }
  while (!signal.aborted) {
    for (const device of registry.all()) pollDue(device, clock())
    await pause(tick, signal)
  }
}

const SLOWEST_MILLISECONDS = 60 * 60 * 1000

/**
 * When a device is due again: it keeps its place in the round, unless it is late by more than one. One that has failed
 * for long waits twice as long after each further failure, up to an hour, and is never given up.
 */
export function nextDue(
  { dueAt, failures }: Pick<Device, 'dueAt' | 'failures'>,
  now: number,
  period: number,
): number {
  const doublings = Math.max(0, Math.min(failures - FAILURES_TO_REPORT, 20))
  const slow = Math.max(period, Math.min(period * 2 ** doublings, SLOWEST_MILLISECONDS))
  return dueAt + slow > now ? dueAt + slow : now + slow
}
