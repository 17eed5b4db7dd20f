import { type Asset, type Incident, LIMITS, type Meter, type Report } from '@platen/protocol'
import { expect, it } from 'vitest'
import { TransientError } from '../errors.ts'
import { about, at, databaseWithMonitors, everything, NOW } from './writer.support.ts'
import { createReportWriter } from './writer.ts'

const pages = (value: number): Meter[] => [
  { name: 'total', unit: 'impressions', value, grade: 'C' },
]
const toner = (index: string, level: number) => ({ index, color: 'black', capacity: 100, level })
const printer: Asset = { make: 'HP', model: 'M404', serial: 'PHB12345', mac: '3c:2a:f4:01:02:03' }
const jam: Incident = {
  key: 'alert.7',
  source: 'alert',
  severity: 'critical',
  code: 'jam',
  since: at(0),
}

it('stores all that a report says: readings and current state', async () => {
  await using test = await databaseWithMonitors()

  const outcomes = await test.writer.write([
    about('a', 1, {
      asset: printer,
      meters: pages(12),
      supplies: [toner('1.1', 40), { index: '1.2', level: 'some' }],
      trays: [{ index: '1.1', name: 'Tray\t1 \\ "main"', level: 'unlimited' }],
      incidents: [jam],
    }),
  ])

  expect(outcomes).toEqual([{ result: 'stored' }])
  expect(await everything(test.sql)).toMatchObject({
    devices: [{ make: 'HP', serial: 'PHB12345', first_seen_at: new Date(at(1)) }],
    meters: [{ name: 'total', value: 12 }],
    supplies: [
      { index: '1.1', level: 40, level_kind: null },
      { index: '1.2', level: null, level_kind: 'some' },
    ],
    trays: [{ name: 'Tray\t1 \\ "main"', level: null, level_kind: 'unlimited' }],
    incidents: [{ key: 'alert.7', opened_at: new Date(at(0)), closed_at: null }],
    meterReadings: [{ value: 12 }],
    supplyReadings: [{ index: '1.1' }, { index: '1.2' }],
    assetReadings: [{ observed_at: new Date(at(1)) }],
    incidentReadings: [{ observed_at: new Date(at(1)) }],
    received: [{ name: 'north', sequences: '{[2,3)}' }],
  })
})

it('stores a report once, however often it comes: in one call, in the next, or in two at a time', async () => {
  await using test = await databaseWithMonitors()
  const report = about('a', 1, { meters: pages(12) })

  expect(await test.writer.write([report, report])).toEqual([
    { result: 'stored' },
    { result: 'duplicate' },
  ])
  expect(await test.writer.write([report])).toEqual([{ result: 'duplicate' }])
  const next = about('a', 2, { meters: pages(13) })
  const both = await Promise.all([test.writer.write([next]), test.writer.write([next])])
  expect(both.map(([outcome]) => outcome?.result).sort()).toEqual(['duplicate', 'stored'])

  expect((await everything(test.sql)).meterReadings).toHaveLength(2)
})

it('keeps an older observation as a reading, and leaves the newer current state alone', async () => {
  await using test = await databaseWithMonitors()
  await test.writer.write([about('a', 5, { meters: pages(50), supplies: [toner('1.1', 50)] })])

  await test.writer.write([about('a', 3, { meters: pages(30), supplies: [toner('1.1', 90)] })])

  expect(await everything(test.sql)).toMatchObject({
    devices: [{ last_seen_at: new Date(at(5)), first_seen_at: new Date(at(3)) }],
    meters: [{ value: 50 }],
    supplies: [{ level: 50 }],
    meterReadings: [{ value: 30 }, { value: 50 }],
  })
})

it('removes from current state what a newer section no longer lists, and nothing when a section is absent', async () => {
  await using test = await databaseWithMonitors()
  await test.writer.write([
    about('a', 1, {
      supplies: [toner('1.1', 50), toner('1.2', 50)],
      trays: [{ index: '1.1' }],
      meters: pages(1),
    }),
    about('b', 1, { seq: 90, supplies: [toner('1.2', 10)] }),
  ])

  await test.writer.write([about('a', 2, { supplies: [toner('1.1', 49)], trays: [] })])

  expect(await everything(test.sql)).toMatchObject({
    supplies: [
      { device: 'north/a', index: '1.1', level: 49 },
      { device: 'north/b', index: '1.2', level: 10 },
    ],
    trays: [],
    meters: [{ value: 1 }],
  })
})

it('refuses a time that cannot be right, says so again when the report comes again, and keeps no content', async () => {
  await using test = await databaseWithMonitors()
  const wrong = about('a', 1, { observedAt: '1970-01-01T00:00:00.000Z', meters: pages(1) })
  const right = about('a', 2, { meters: pages(2) })

  const [first, stored] = await test.writer.write([wrong, right])
  const [again] = await test.writer.write([wrong])

  expect(first).toMatchObject({ result: 'refused', code: 'unacceptable' })
  expect(again).toEqual(first)
  expect(stored).toEqual({ result: 'stored' })
  expect(await test.sql`select epoch, seq, code from rejected_report`).toEqual([
    { epoch: 'e1', seq: 2, code: 'unacceptable' },
  ])
})

it('refuses the reports of a monitor that is not known: waiting would not make it known', async () => {
  await using test = await databaseWithMonitors()

  const outcomes = await test.writer.write([
    about('a', 1, { meters: pages(1) }, 'stranger'),
    about('a', 2, { meters: pages(2) }),
  ])

  expect(outcomes.map(({ result }) => result)).toEqual(['refused', 'stored'])
})

it('finds the reports that the database cannot store among others, refuses those and stores the others', async () => {
  await using test = await databaseWithMonitors()
  const unstorable = (report: Partial<Report>) => ({
    ...report,
    trays: [{ index: '1.1', name: 'no\u0000text' }],
  })
  const reports = Array.from({ length: 20 }, (_, i) =>
    about('a', i, i === 3 || i === 17 ? unstorable({}) : { meters: pages(i) }),
  )

  const outcomes = await test.writer.write(reports)
  const again = await test.writer.write(reports)

  const refused = outcomes.flatMap(({ result }, i) => (result === 'refused' ? [i] : []))
  expect(refused).toEqual([3, 17])
  expect(again.map(({ result }) => result)).toEqual(
    outcomes.map(({ result }) => (result === 'stored' ? 'duplicate' : result)),
  )
  expect((await everything(test.sql)).meterReadings).toHaveLength(18)
  expect(await test.sql`select reason from rejected_report where reason ~ 'no'`).toHaveLength(2)
  expect(await test.sql`select reason from rejected_report where reason ~ 'text'`).toEqual([])
})

it.each([
  ['a deadlock', '40P01'],
  ['a full disk', '53100'],
  ['a shutdown', '57P01'],
  ['a missing privilege', '42501'],
])('tells that %s may pass, and stores nothing', async (_, code) => {
  await using test = await databaseWithMonitors()
  await test.sql.unsafe(`
    create function fail() returns trigger language plpgsql as
      $$ begin raise exception 'simulated' using errcode = '${code}'; end $$;
    create trigger fail before insert on received_report execute function fail();`)

  await expect(test.writer.write([about('a', 1, { meters: pages(1) })])).rejects.toThrow(
    TransientError,
  )

  expect((await everything(test.sql)).meterReadings).toEqual([])
})

it('tells that a killed connection may pass, and works again with the next', async () => {
  await using test = await databaseWithMonitors()
  await test.sql.unsafe(`
    create function die() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
    create trigger die before insert on received_report execute function die();`)
  const report = about('a', 1, { meters: pages(1) })
  await expect(test.writer.write([report])).rejects.toThrow(TransientError)

  await test.sql.unsafe('drop trigger die on received_report')

  expect(await test.writer.write([report])).toEqual([{ result: 'stored' }])
})

it("keeps a monitor's own health, the newest, and when it was last heard of", async () => {
  await using test = await databaseWithMonitors()
  const health = (minute: number, devices: number) => ({
    monitor: 'north',
    report: {
      epoch: 'e1',
      seq: minute,
      observedAt: at(minute),
      monitor: {
        version: '1',
        startedAt: at(0),
        devices,
        unreadable: 0,
        sweeps: 1,
        outboxReports: 0,
        outboxBytes: 0,
        thinned: 0,
      },
    },
  })

  await test.writer.write([health(2, 20), health(3, 30)])
  await test.writer.write([health(1, 10)])

  const [row] = await test.sql`
    select devices, observed_at, last_contact_at is not null as heard from monitor where name = 'north'`
  expect(row).toEqual({ devices: 30, observed_at: new Date(at(3)), heard: true })
})

it('remembers a refusal that the ingest made itself, as often as it is told', async () => {
  await using test = await databaseWithMonitors()
  const report = about('a', 1, { meters: pages(1) })
  const refusal = {
    monitor: 'north',
    epoch: 'e1',
    seq: 2,
    code: 'malformed' as const,
    reason: 'report/job is not known',
  }

  await test.writer.recordRefusals([refusal])
  await test.writer.recordRefusals([refusal])

  expect(await test.sql`select code, reason from rejected_report`).toHaveLength(1)
  expect(await test.writer.write([report])).toMatchObject([
    { result: 'refused', code: 'malformed', reason: 'report/job is not known' },
  ])
})

it('makes partitions for months that nobody expected any more', async () => {
  await using test = await databaseWithMonitors()
  const old = about('a', 1, { observedAt: '2025-12-24T00:00:00.000Z', meters: pages(1) })

  expect(await test.writer.write([old])).toEqual([{ result: 'stored' }])
})

it('takes the last of several reports with one time: a clock that stands still blocks nothing', async () => {
  await using test = await databaseWithMonitors()
  const still = (seq: number, incidents: Incident[]) =>
    about('a', 1, { seq, meters: pages(seq), incidents })

  const outcomes = await test.writer.write([
    still(1, [jam]),
    still(2, []),
    still(3, [jam]),
    still(4, []),
    still(5, [jam]),
  ])

  expect(outcomes.map(({ result }) => result)).toEqual(Array(5).fill('stored'))
  expect(await everything(test.sql)).toMatchObject({
    meters: [{ value: 5 }],
    incidents: expect.arrayContaining([expect.objectContaining({ closed_at: null })]),
  })
})

it('refuses a report whose rows should differ and do not: it could never be stored', async () => {
  await using test = await databaseWithMonitors()
  await test.writer.write([about('a', 1, { meters: pages(1) })])

  const [outcome] = await test.writer.write([about('a', 2, { meters: [...pages(2), ...pages(3)] })])

  expect(outcome).toMatchObject({ result: 'refused', code: 'unacceptable' })
  expect((await everything(test.sql)).meters).toMatchObject([{ value: 1 }])
})

/** A report as no decoder gives it: the code trips over it. */
const poison = () => about('a', 30, JSON.parse('{ "meters": [null] }'))

it('isolates a report that this code trips over: it is refused and told of, the others are stored', async () => {
  await using test = await databaseWithMonitors()
  const defects: Error[] = []
  const writer = createReportWriter(test.sql, {
    now: () => NOW,
    onDefect: error => defects.push(error),
  })

  const outcomes = await writer.write([
    about('a', 1, { meters: pages(1) }),
    poison(),
    about('b', 2, { meters: pages(2) }),
  ])

  const reason = 'the ingest cannot store it, by a mistake of its own'
  expect(outcomes).toEqual([
    { result: 'stored' },
    { result: 'refused', code: 'unacceptable', reason },
    { result: 'stored' },
  ])
  expect(defects).toEqual([expect.any(TypeError)])
  expect(await writer.write([poison()])).toEqual([outcomes[1]])
  expect(defects).toHaveLength(1)
  expect(await test.sql`select reason from rejected_report`).toEqual([{ reason }])
})

it('refuses nothing where it has stored nothing yet: a wrong release must not turn all reports away', async () => {
  await using test = await databaseWithMonitors()

  await expect(test.writer.write([poison()])).rejects.toThrow(TypeError)

  expect(await test.sql`select * from rejected_report`).toEqual([])
  const [outcome] = await test.writer.write([poison(), about('a', 1, { meters: pages(1) })])
  expect(outcome?.result).toBe('refused')
})

it('makes a partition anew that somebody has dropped, also for a single report', async () => {
  await using test = await databaseWithMonitors()
  await test.writer.write([about('a', 1, { meters: pages(1) })])
  await test.sql`drop table meter_reading_2026_11`

  expect(await test.writer.write([about('a', 2, { meters: pages(2) })])).toEqual([
    { result: 'stored' },
  ])
})

it('stores texts of any length and script that the wire allows: an index entry has its limit', async () => {
  await using test = await databaseWithMonitors()
  const text = (first: number, letters: number) =>
    Array.from({ length: LIMITS.text }, (_, i) =>
      String.fromCodePoint(first + ((i * i * 7919 + 31 * i) % letters)),
    ).join('')
  const asset = {
    make: text(0x3300, 256), // each of these is several letters in its compatible form
    model: text(0x20000, 40_000),
    serial: text(0x20001, 40_000),
    hostName: text(0x20002, 40_000),
  }
  const { serial: _, ...unnumbered } = asset

  const outcomes = await test.writer.write([
    about('a', 1, { asset }),
    about('b', 2, { asset: unnumbered }),
  ])

  expect(outcomes).toEqual([{ result: 'stored' }, { result: 'stored' }])
})
