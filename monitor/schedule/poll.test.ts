import { readFileSync } from 'node:fs'
import { LIMITS } from '@platen/protocol'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { NONSENSE, openOffice, printer, rounds, SILENT } from './office.support.ts'

const DAY = 24 * 60 * 60 * 1000
const [A, B] = ['127.66.0.1', '127.66.0.2']
const JAM = { key: 'alert.1', source: 'alert', severity: 'critical', code: 'jam' } as const

describe('a poll', () => {
  it('reports all of a device at first, then what has changed, then nothing', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    office.answers.set(A, printer('S1', 7))
    await office.poll.found(A)
    expect(office.reports()).toMatchObject([
      { asset: { serial: 'S1', address: A }, meters: [{ value: 7 }], supplies: [], incidents: [] },
    ])
    office.answers.set(A, printer('S1', 8))
    await office.round()
    const [change, ...more] = office.reports()
    expect(more).toEqual([])
    expect(change).toMatchObject({ meters: [{ value: 8 }] })
    expect(change).not.toHaveProperty('asset')
    await office.round()
    expect(office.reports()).toEqual([])
  })

  it('states everything again once a day, and at the first reading after a restart', async () => {
    using directory = temporaryDirectory()
    {
      using office = openOffice(directory.path)
      office.answers.set(A, printer('S1', 7))
      await office.poll.found(A)
      office.reports()
      office.clock.now += DAY - 120_000
      await office.round()
      expect(office.reports()).toEqual([])
      await office.round()
      expect(office.reports()).toMatchObject([{ asset: { serial: 'S1' }, meters: [{ value: 7 }] }])
      await office.round()
      expect(office.reports()).toEqual([])
    }
    using office = openOffice(directory.path)
    office.reports()
    office.answers.set(A, printer('S1', 7))
    await office.round()
    expect(office.reports()).toMatchObject([{ asset: { serial: 'S1' }, meters: [{ value: 7 }] }])
  })

  it('is not held up by a clock that was ahead and has been set back', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    office.answers.set(A, printer('S1'))
    await office.poll.found(A)
    office.reports()
    office.clock.now -= 30 * DAY
    await office.round()
    expect(office.reports()).toMatchObject([{ asset: { serial: 'S1' } }])
  })

  it('keeps since when an incident stands, also over a restart', async () => {
    using directory = temporaryDirectory()
    let since: string | undefined
    {
      using office = openOffice(directory.path)
      office.answers.set(A, printer('S1', 1, { incidents: [JAM] }))
      await office.poll.found(A)
      since = office.reports()[0]?.incidents?.[0]?.since
      expect(since).toBe(new Date(office.clock.now).toISOString())
    }
    using office = openOffice(directory.path)
    office.reports()
    office.answers.set(A, printer('S1', 1, { incidents: [JAM] }))
    await rounds(office, 2)
    expect(office.reports()).toMatchObject([{ incidents: [{ key: 'alert.1', since }] }])
  })
})

describe('a device that cannot be read', () => {
  it.each([
    { failure: SILENT, key: 'monitor.unreachable' },
    { failure: NONSENSE, key: 'monitor.unreadable' },
  ])('is an incident ($key) after three failures, until it can be', async ({ failure, key }) => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    office.answers.set(A, printer('S1', 1, { incidents: [JAM] }))
    await office.poll.found(A)
    office.reports()
    office.answers.set(A, failure)
    await rounds(office, 2)
    expect(office.reports(), 'a lost datagram is none').toEqual([])
    await rounds(office, 10)
    const [opened, ...more] = office.reports()
    expect(more, 'it is told once').toEqual([])
    expect(opened?.incidents?.map(incident => incident.key)).toEqual(['alert.1', key])
    office.answers.set(A, printer('S1', 1, { incidents: [JAM] }))
    await office.round()
    expect(office.reports()).toMatchObject([{ incidents: [{ key: 'alert.1' }] }])
    office.answers.set(A, failure)
    await rounds(office, 2)
    expect(office.reports(), 'it counts from the last answer').toEqual([])
  })

  it('is not said to have what it had before, not even after days or a restart', async () => {
    using directory = temporaryDirectory()
    {
      using office = openOffice(directory.path)
      office.answers.set(A, printer('S1', 7))
      await office.poll.found(A)
      office.answers.delete(A)
      office.reports()
      await rounds(office, 3)
      office.clock.now += 3 * DAY
      await office.round()
      const reports = office.reports()
      expect(reports).toHaveLength(1)
      expect(Object.keys(reports[0] ?? {})).not.toContain('meters')
    }
    using office = openOffice(directory.path)
    office.reports()
    await rounds(office, 5)
    expect(office.reports(), 'the incident is known already').toEqual([])
    office.answers.set(A, printer('S1', 7))
    await office.round()
    expect(office.reports()).toMatchObject([{ meters: [{ value: 7 }], incidents: [] }])
  })

  it('is reported with nothing but its address when it was never read, and keeps its key', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    office.answers.set(A, NONSENSE)
    await office.poll.found(A)
    const [first] = office.reports()
    expect(first?.asset).toEqual({ address: A })
    await rounds(office, 2)
    expect(office.reports()).toMatchObject([{ incidents: [{ key: 'monitor.unreadable' }] }])
    office.answers.set(A, printer('S1'))
    await office.round()
    expect(office.reports()).toMatchObject([{ device: first?.device, asset: { serial: 'S1' } }])
  })

  it('is one incident more than a device may have, and still reported', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    const incidents = Array.from({ length: LIMITS.incidents }, (_, index) => ({
      ...JAM,
      key: `alert.${index}`,
    }))
    office.answers.set(A, printer('S1', 1, { incidents }))
    await office.poll.found(A)
    office.answers.delete(A)
    office.reports()
    await rounds(office, 3)
    const keys = office.reports()[0]?.incidents?.map(incident => incident.key)
    expect(keys).toHaveLength(LIMITS.incidents)
    expect(keys).toContain('monitor.unreachable')
  })

  it('is unreadable when a report cannot hold what it says', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    office.answers.set(A, printer('S1', -1))
    await office.poll.found(A)
    await rounds(office, 2)
    expect(office.reports()).toMatchObject([
      { asset: { address: A } },
      { incidents: [{ code: 'unreadable' }] },
    ])
    expect(office.log).toContain('cannot report what a device says')
  })
})

describe('addresses', () => {
  it('a device whose address another one has taken is unreachable, also after a restart', async () => {
    using directory = temporaryDirectory()
    let lost: string | undefined
    {
      using office = openOffice(directory.path)
      office.answers.set(A, printer('S1'))
      await office.poll.found(A)
      lost = office.keyOf('S1')
      office.answers.set(A, printer('S2'))
      await office.round()
      office.reports()
    }
    using office = openOffice(directory.path)
    office.reports()
    office.answers.set(A, printer('S2'))
    await rounds(office, 3)
    const missed = office.reports().find(report => report.device === lost)
    expect(missed?.incidents).toMatchObject([{ key: 'monitor.unreachable' }])
    expect(missed?.asset, 'it is not there any more').toEqual({
      make: 'Example',
      model: 'Laser',
      serial: 'S1',
    })
    expect(new Set(office.asked), 'nobody else is asked for it').toEqual(new Set([A]))
    office.answers.set(B, printer('S1'))
    await office.poll.found(B)
    expect(office.reports()).toMatchObject([{ device: lost, asset: { address: B }, incidents: [] }])
  })

  it('two devices that have swapped theirs are found again', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    const sweep = async () => {
      for (const address of [A, B]) {
        const known = office.registry.at(address)
        if (!known?.isRead || known.failures > 0) await office.poll.found(address)
      }
    }
    office.answers.set(A, printer('S1')).set(B, printer('S2'))
    await sweep()
    office.answers.set(A, printer('S2')).set(B, printer('S1'))
    await office.round()
    await sweep()
    const where = [...office.registry.all()].map(({ record }) => record.identity)
    expect(where).toMatchObject([
      { serial: 'S1', address: B },
      { serial: 'S2', address: A },
    ])
    expect(office.registry.size).toBe(2)
  })

  it('a device with two is read at the first one, and reported once', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    office.answers.set(A, printer('S1')).set(B, printer('S1'))
    await Promise.all([office.poll.found(A), office.poll.found(B)])
    await office.poll.found(B)
    expect(office.reports()).toHaveLength(1)
    expect(office.registry.size).toBe(1)
  })

  it('a device that moves while it is asked where it was leaves no ghost there', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path)
    office.answers.set(A, printer('S1'))
    await office.poll.found(A)
    office.answers.delete(A)
    await office.round()
    office.answers.set(B, printer('S1'))
    await Promise.all([office.poll.found(B), office.poll.known(office.keyOf('S1') ?? '')])
    expect([...office.registry.all()]).toMatchObject([
      { failures: 0, record: { identity: { serial: 'S1', address: B } } },
    ])
  })
})

describe('an outbox that is full', () => {
  it('holds the polls, which do not ask the devices again, until there is room', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path, { quotaBytes: 1_500 })
    const addresses = ['127.66.0.1', '127.66.0.2', '127.66.0.3', '127.66.0.4', '127.66.0.5']
    for (const address of addresses) office.answers.set(address, printer(address))
    const polls = Promise.all(addresses.map(address => office.poll.found(address)))
    await expect.poll(() => office.log).toHaveLength(1)
    expect(office.log[0]).toMatch(/it is full .*polling pauses/)
    const { first = 0, last = 0 } = office.outbox.read(0, { bytes: 1_000_000, reports: 500 }) ?? {}
    office.outbox.settle([{ first, last, refused: [] }])
    await expect.poll(() => office.log.at(-1)).toBe('the outbox takes reports again')
    while (office.registry.size < addresses.length) {
      const batch = office.outbox.read(0, { bytes: 1_000_000, reports: 500 })
      if (batch) office.outbox.settle([{ ...batch, refused: [] }])
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    await polls
    expect(office.asked.toSorted()).toEqual(addresses)
  })

  it('does not hold up the end', async () => {
    using directory = temporaryDirectory()
    using office = openOffice(directory.path, { quotaBytes: 100 })
    office.answers.set(A, printer('S1')).set(B, printer('S2'))
    const polls = [A, B].map(address => office.poll.found(address))
    await expect.poll(() => office.log).toHaveLength(1)
    office.stopping.abort(new Error('stopped'))
    for (const poll of polls) await expect(poll).rejects.toThrow('stopped')
    expect(office.registry.size, 'what is not in the outbox has not been observed').toBe(0)
  })
})

it('no address or serial number of a device stands in the log', () => {
  for (const file of ['poll.ts', 'schedule.ts']) {
    const calls = readFileSync(new URL(file, import.meta.url), 'utf8').match(/logger\.\w+\(.*/g)
    expect(calls?.join()).not.toMatch(/address|serial|identity/)
  }
})
