import { decodeBatch, encodeBatch, parseXml, type Report } from '@platen/protocol'
import { startTelemetry } from '@platen/telemetry'
import { type OutboxOptions, openOutbox } from '../outbox/index.ts'
import type { Reading, Unreadable } from '../reading/index.ts'
import { createPoll, createRegistry } from './index.ts'

const { tracer, meter } = await startTelemetry({ service: 'test' })

export const SILENT: Unreadable = { code: 'unreachable', reason: 'cannot read: no answer' }
export const NONSENSE: Unreadable = { code: 'unreadable', reason: 'cannot read: nonsense' }

/** What a printer says that has counted so many pages. */
export function printer(
  serial: string | undefined,
  pages = 1,
  more: Partial<Reading> = {},
): Reading {
  return {
    asset: { make: 'Example', model: 'Laser', ...(serial === undefined ? {} : { serial }) },
    meters: [{ name: 'total', unit: 'impressions', value: pages, grade: 'C' }],
    supplies: [],
    trays: [],
    incidents: [],
    ...more,
  }
}

/** The monitor's memory and polls, at addresses where there is what the test puts there. */
export function openOffice(directory: string, outboxOptions: Partial<OutboxOptions> = {}) {
  const outbox = openOutbox({ directory, ...outboxOptions })
  const registry = createRegistry(outbox.devices())
  const answers = new Map<string, Reading | Unreadable>()
  const asked: string[] = []
  const log: string[] = []
  const write = (...words: unknown[]) => void log.push(String(words.at(-1)))
  const clock = { now: Date.UTC(2026, 10, 23, 8) }
  const stopping = new AbortController()
  const poll = createPoll({
    outbox,
    registry,
    async read(address) {
      asked.push(address)
      await new Promise(setImmediate)
      stopping.signal.throwIfAborted()
      const answer = answers.get(address) ?? SILENT
      return 'reason' in answer ? answer : { ...answer, asset: { ...answer.asset, address } }
    },
    tracer,
    meter,
    logger: { info: write, warn: write, error: write },
    signal: stopping.signal,
    fullPause: 5,
    now: () => clock.now,
  })
  let last = 0

  return {
    outbox,
    registry,
    poll,
    answers,
    asked,
    log,
    clock,
    stopping,
    /** Polls every known device once, in turn. */
    async round(): Promise<void> {
      clock.now += 60_000
      for (const { record } of [...registry.all()]) await poll.known(record.key)
    },
    /** The reports since this was asked last. */
    reports(): Report[] {
      const batch = outbox.read(last, { bytes: 10_000_000, reports: 500 })
      if (!batch) return []
      last = batch.last
      return decodeBatch(parseXml(encodeBatch(batch.reports))).reports
    },
    /** The keys of the devices by their serial numbers. */
    keyOf: (serial: string) =>
      [...registry.all()].find(({ record }) => record.identity.serial === serial)?.record.key,
    [Symbol.dispose]: () => outbox[Symbol.dispose](),
  }
}

/** A clock that polls every device that many times. */
export async function rounds(office: { round(): Promise<void> }, count: number): Promise<void> {
  for (let round = 0; round < count; round++) await office.round()
}
