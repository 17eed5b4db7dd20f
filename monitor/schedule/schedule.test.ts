import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { openOffice, printer } from './office.support.ts'
import { nextDue, runSchedule, type ScheduleOptions } from './schedule.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Office = ReturnType<typeof openOffice>

/** Runs the schedule until the test is done with it. */
function run(office: Office, more: Partial<ScheduleOptions>) {
  const scheduled = runSchedule({
    registry: office.registry,
    poll: office.poll,
    sweep: async function* () {},
    onSwept: () => {},
    pollMilliseconds: 20,
    sweepMilliseconds: HOUR,
    concurrency: 4,
    logger: { error: (...words: unknown[]) => void office.log.push(String(words.at(-1))) },
    signal: office.stopping.signal,
    tick: 5,
    ...more,
  })
  return {
    async [Symbol.asyncDispose]() {
      office.stopping.abort(new Error('stopped'))
      await scheduled
    },
  }
}

describe('the schedule', () => {
  it('reads a printer as soon as it is found, while the sweep goes on', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    office.answers.set('127.66.0.1', printer('S1'))
    const rest = Promise.withResolvers<void>()
    let sweeps = 0
    const sweep = async function* () {
      yield '127.66.0.1'
      await rest.promise // the silent rest of the network
    }
    await using _ = run(office, { sweep, onSwept: () => void sweeps++, pollMilliseconds: HOUR })
    await expect.poll(() => office.outbox.stats().reports).toBe(1)
    expect(sweeps).toBe(0)
    rest.resolve()
    await expect.poll(() => sweeps).toBe(1)
  })

  it('tells of a sweep only when all that it found is in the outbox', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    const addresses = Array.from({ length: 20 }, (_, index) => `127.66.0.${index + 1}`)
    for (const address of addresses) office.answers.set(address, printer(address))
    let reports: number | undefined
    const onSwept = () => {
      reports ??= office.outbox.stats().reports
    }
    await using _ = run(office, {
      sweep: async function* () {
        yield* addresses
      },
      onSwept,
    })
    await expect.poll(() => reports).toBe(20)
  })

  it('polls every known device again and again, those of the last run as well', async () => {
    using directory = temporaryDirectory()
    {
      using office = openOffice(directory.path)
      office.answers.set('127.66.0.1', printer('S1')).set('127.66.0.2', printer('S2'))
      for (const address of office.answers.keys()) await office.poll.found(address)
    }
    using office = openOffice(directory.path)
    office.answers.set('127.66.0.1', printer('S1'))
    await using _ = run(office, {})
    for (const address of ['127.66.0.1', '127.66.0.2']) {
      await expect.poll(() => office.asked.filter(one => one === address).length).toBeGreaterThan(3)
    }
  })

  it('sweeps again after a sweep that failed, and says so', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    let sweeps = 0
    const sweep = async function* (): AsyncGenerator<string> {
      sweeps += 1
      if (sweeps === 1) throw new Error('no network')
      yield* []
    }
    await using _ = run(office, { sweep, sweepMilliseconds: 1 })
    await expect.poll(() => sweeps, { timeout: 5_000 }).toBe(2)
    expect(office.log).toEqual(['cannot sweep the networks; trying again at the next sweep'])
  })

  it('ends in the midst of a sweep, when the reads that were under way have ended', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    const { signal } = office.stopping
    const aborted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    let reading = 0
    const found = async () => {
      reading += 1
      await aborted
      await delay(20) // as a read that was about to end
      reading -= 1
      signal.throwIfAborted()
    }
    const sweep = async function* () {
      for (let host = 1; host < 10; host++) yield `127.66.0.${host}`
      await aborted
      signal.throwIfAborted()
    }
    {
      await using _ = run(office, { sweep, poll: { ...office.poll, found } })
      await expect.poll(() => reading).toBe(4)
    }
    expect(reading).toBe(0)
    expect(office.log).toEqual([])
  })
})

describe('a device is due', () => {
  const due = (failures: number, now = 0) => nextDue({ dueAt: 0, failures }, now, 5 * MINUTE)

  it('a period after it was due last, however long the poll waited for its turn', () => {
    expect(due(0, MINUTE)).toBe(5 * MINUTE)
  })

  it('a period from now when it is late by more than one, as after a sleep', () => {
    expect(due(0, HOUR)).toBe(HOUR + 5 * MINUTE)
  })

  it('ever later while it fails, within the hour, and never not', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 1_000_000].map(failures => due(failures) / MINUTE)
    expect(minutes).toEqual([5, 5, 5, 10, 20, 40, 60, 60])
  })

  it('not earlier than every other device, when the period is longer than an hour', () => {
    expect(nextDue({ dueAt: 0, failures: 9 }, 0, 3 * HOUR)).toBe(3 * HOUR)
  })
})
