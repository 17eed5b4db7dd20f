import { CodecError } from '@platen/protocol'
import { type Logger, type Meter, type Tracer, traceparent } from '@platen/telemetry'
import { type Entry, type Outbox, OutboxFullError } from '../outbox/index.ts'
import { isUnreadable, type Reading, type Unreadable } from '../reading/index.ts'
import { createTrouble } from '../sender/index.ts'
import { pause } from '../xmpp/index.ts'
import { type Observation, observeFailure, observeReading } from './observe.ts'
import type { Registry } from './registry.ts'

export interface PollOptions {
  outbox: Outbox
  registry: Registry
  /** Reads the device at an address. */
  read(address: string, signal: AbortSignal): Promise<Reading | Unreadable>
  logger: Logger
  tracer: Tracer
  meter: Meter
  signal: AbortSignal
  /** Pause (ms) while the outbox takes nothing; default 5 s. */
  fullPause?: number
}

/** Reads the device at the address and puts what has changed into the outbox. Rejects only when it was aborted. */
export type Poll = (address: string) => Promise<void>

export function createPoll(options: PollOptions): Poll {
  const { outbox, registry, read, tracer, meter, signal, fullPause = 5_000 } = options
  const polls = meter.createCounter('platen.monitor.polls', { unit: '{poll}' })
  const trouble = createTrouble(options.logger)

  async function attempt(address: string): Promise<boolean> {
    const result = await read(address, signal)
    polls.add(1, { outcome: isUnreadable(result) ? result.code : 'read' })
    try {
      record(result, address)
      trouble.over('the outbox takes reports again')
      return true
    } catch (error) {
      if (!(error instanceof OutboxFullError)) throw error
      trouble.tell(`${error.message}; polling pauses`)
      return false
    }
  }

  function record(result: Reading | Unreadable, address: string): void {
    const at = Date.now()
    try {
      const observation = observe(registry, result, address, at)
      if (observation) keep(observation)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      options.logger.warn({ reason: error.message }, 'cannot report what a device says')
      const device = registry.at(address) ?? registry.identify({}, address)
      keep(observeFailure(device, 'unreadable', address, at))
    }
  }

  /** The outbox first: what is not in there has not been observed. */
  function keep({ device, entry }: Observation): void {
    if (entry) outbox.append([traced(entry)])
    registry.put(device)
  }

  return address =>
    tracer.startActiveSpan('poll', { root: true }, async span => {
      try {
        while (!(await attempt(address))) {
          await pause(fullPause, signal)
          signal.throwIfAborted()
        }
      } finally {
        span.end()
      }
    })
}

/** Undefined: it is another address of a device that is read well where it is. */
function observe(
  registry: Registry,
  result: Reading | Unreadable,
  address: string,
  at: number,
): Observation | undefined {
  if (isUnreadable(result)) {
    const device = registry.at(address) ?? registry.identify({}, address)
    return observeFailure(device, result.code, address, at)
  }
  const device = registry.identify(result.asset, address)
  const known = device.record.identity.address
  const isElsewhere = known !== undefined && known !== address && registry.at(known) === device
  if (isElsewhere && device.readAt > 0 && device.failures === 0) return undefined
  return observeReading(device, result, address, at)
}

function traced(entry: Entry): Entry {
  const parent = traceparent()
  return parent === undefined ? entry : { ...entry, traceparent: parent }
}
