import { CodecError } from '@platen/protocol'
import { type Logger, type Meter, type Tracer, traceparent } from '@platen/telemetry'
import { type Entry, type Outbox, OutboxFullError } from '../outbox/index.ts'
import { isUnreadable, type Reading, type Unreadable } from '../reading/index.ts'
import { createTrouble } from '../sender/index.ts'
import { pause } from '../xmpp/index.ts'
import { createLimiter } from './limiter.ts'
import { type Observation, observeFailure, observeReading } from './observe.ts'
import type { Device, Registry } from './registry.ts'

export interface PollOptions {
  outbox: Outbox
  registry: Registry
  /** Reads the device at an address. */
  read(address: string, signal: AbortSignal): Promise<Reading | Unreadable>
  logger: Pick<Logger, 'info' | 'warn' | 'error'>
  tracer: Tracer
  meter: Meter
  signal: AbortSignal
  /** Pause (ms) while the outbox takes nothing; default 5 s. */
  fullPause?: number
  /** Milliseconds since 1970. */
  now?: () => number
}

/** Reads devices and puts what has changed into the outbox. Rejects only when it was aborted. */
export interface Poll {
  /** Reads what a sweep has found at an address. */
  found(address: string): Promise<void>
  /** Reads a known device where it was read last. Without an address it is missed: another device has taken that. */
  known(key: string): Promise<void>
}

/** What became of one attempt: for whom (undefined: whoever is at the address), where, and when. */
interface Attempt {
  result: Reading | Unreadable
  key: string | undefined
  address: string | undefined
  at: number
}

const MISSED: Unreadable = {
  code: 'unreachable',
  reason: 'cannot read the device: another one has its address',
}

export function createPoll(options: PollOptions): Poll {
  const { registry, read, tracer, meter, signal, now = Date.now } = options
  const polls = meter.createCounter('platen.monitor.polls', {
    unit: '{poll}',
    description: 'Attempts to read a device, by outcome: read, unreachable, unreadable.',
  })
  const keep = createKeeper(options)

  const poll = (address: string | undefined, key?: string): Promise<void> =>
    tracer.startActiveSpan('poll', { root: true }, async span => {
      try {
        signal.throwIfAborted()
        const result = address === undefined ? MISSED : await read(address, signal)
        const outcome = await keep({ result, key, address, at: now() })
        polls.add(1, { outcome })
        span.setAttribute('platen.poll.outcome', outcome)
        if (outcome !== 'read') span.setAttribute('error.type', outcome)
      } finally {
        span.end()
      }
    })

  return {
    found: address => poll(address),
    async known(key) {
      const device = registry.get(key)
      if (device) await poll(device.record.identity.address, key)
    },
  }
}

type Outcome = 'read' | Unreadable['code']

/** Puts what an attempt comes to into the outbox, and waits for as long as that takes nothing. */
function createKeeper(options: PollOptions): (attempt: Attempt) => Promise<Outcome> {
  const { outbox, registry, logger, signal, fullPause = 5_000 } = options
  const trouble = createTrouble(logger)
  const inTurn = createLimiter(1) // one of them tries whether there is room again, the others wait for it

  function keep(attempt: Attempt): Outcome {
    try {
      put(observe(registry, attempt))
      return isUnreadable(attempt.result) ? attempt.result.code : 'read'
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      logger.warn({ reason: error.message }, 'cannot report what a device says')
      put(observe(registry, { ...attempt, result: { code: 'unreadable', reason: error.message } }))
      return 'unreadable'
    }
  }

  /** The outbox first: what is not in there has not been observed. */
  function put(observation: Observation | undefined): void {
    if (!observation) return
    if (observation.entry) outbox.append([traced(observation.entry)])
    registry.put(observation.device)
  }

  async function keepOncePossible(attempt: Attempt): Promise<Outcome> {
    for (;;) {
      try {
        const outcome = keep(attempt)
        trouble.over('the outbox takes reports again')
        return outcome
      } catch (error) {
        if (!(error instanceof OutboxFullError)) throw error
        trouble.tell(`${error.message}; polling pauses`)
      }
      await pause(fullPause, signal)
      signal.throwIfAborted()
    }
  }

  return attempt => inTurn(() => keepOncePossible(attempt))
}

/** Undefined: nothing follows from it. */
function observe(registry: Registry, attempt: Attempt): Observation | undefined {
  const { result, address, at } = attempt
  if (isUnreadable(result)) {
    const device = failing(registry, attempt)
    return device && observeFailure(device, result.code, address, at)
  }
  if (address === undefined) return undefined
  const device = registry.identify(result.asset, address)
  if (isReadElsewhere(registry, device, address)) return undefined
  return observeReading(device, result, address, at)
}

/** Whom a failure is about; undefined: a device that has been found elsewhere meanwhile. */
function failing(registry: Registry, { key, address }: Attempt): Device | undefined {
  if (key !== undefined) {
    const device = registry.get(key)
    return device?.record.identity.address === address ? device : undefined
  }
  if (address === undefined) return undefined
  return registry.at(address) ?? registry.identify({}, address)
}

/**
 * Whether this is one more address of a device that is read well where it is. Not where another device was known: it
 * has lost its address to this one, as when the two have swapped theirs.
 */
function isReadElsewhere(registry: Registry, device: Device, address: string): boolean {
  const known = device.record.identity.address
  if (known === undefined || known === address || registry.at(address)) return false
  return device.isRead && device.failures === 0
}

function traced(entry: Entry): Entry {
  const parent = traceparent()
  return parent === undefined ? entry : { ...entry, traceparent: parent }
}
