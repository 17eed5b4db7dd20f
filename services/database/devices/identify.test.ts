import type { Asset, Incident } from '@platen/protocol'
import { expect, it } from 'vitest'
import { about, at, databaseWithMonitors, everything } from '../reports/writer.support.ts'

const MAC = '3c:2a:f4:01:02:03'
const printer: Asset = { make: 'HP', model: 'M404', serial: 'PHB12345', mac: MAC }
const total = (value: number) => [
  { name: 'total' as const, unit: 'impressions' as const, value, grade: 'C' as const },
]
const jam = (since: string): Incident => ({
  key: 'alert.7',
  source: 'alert',
  severity: 'critical',
  code: 'jam',
  since,
})

it('knows a device that another monitor reports by its serial, and keeps one device', async () => {
  await using test = await databaseWithMonitors()

  await test.writer.write([about('a', 1, { asset: printer })])
  await test.writer.write([about('x', 2, { asset: { ...printer, serial: '00PHB12345' } }, 'south')])

  expect(await test.sql`select serial from device`).toHaveLength(1)
})

it('merges two devices that turn out to be one: readings, current state and incidents are of one device', async () => {
  await using test = await databaseWithMonitors()
  await test.writer.write([
    about('a', 1, { asset: { mac: MAC }, meters: total(1), incidents: [jam(at(1))] }),
    about('b', 2, {
      asset: { make: 'HP', serial: 'PHB12345' },
      meters: total(2),
      supplies: [{ index: '1.1', level: 5 }],
    }),
    about('b', 3, { incidents: [jam(at(3))] }),
  ])
  expect(await test.sql`select id from device`).toHaveLength(2)

  await test.writer.write([about('b', 4, { asset: printer }), about('a', 5, { incidents: [] })])

  expect(await everything(test.sql)).toMatchObject({
    devices: [
      { serial: 'PHB12345', first_seen_at: new Date(at(1)), last_seen_at: new Date(at(5)) },
    ],
    aliases: [
      { alias: 'north/a', device: 'north/a' },
      { alias: 'north/b', device: 'north/a' },
    ],
    meters: [{ value: 2 }],
    supplies: [{ level: 5 }],
    meterReadings: [{ value: 1 }, { value: 2 }],
    incidents: [{ opened_at: new Date(at(1)), closed_at: new Date(at(5)) }],
  })
})

it('gives a printer that took the place of another a device of its own', async () => {
  await using test = await databaseWithMonitors()
  await test.writer.write([about('a', 1, { asset: printer, meters: total(90_000) })])

  await test.writer.write([
    about('a', 2, { asset: { ...printer, serial: 'PHB99999' }, meters: total(3) }),
    about('a', 3, { meters: total(4) }),
  ])

  const rows = await test.sql`
    select serial, value from device join meter on device_id = device.id order by serial`
  expect(rows).toEqual([
    { serial: 'PHB12345', value: 90_000 },
    { serial: 'PHB99999', value: 4 },
  ])
})

it('makes one device of what several monitors see for the first time at the same moment', async () => {
  await using test = await databaseWithMonitors()
  const seen = (monitor: string) =>
    test.writer.write(
      Array.from({ length: 20 }, (_, i) =>
        about(`p${i}`, i, { asset: { make: 'HP', serial: `PHB${1000 + i}` } }, monitor),
      ),
    )

  await Promise.all([seen('north'), seen('south')])

  expect(await test.sql`select id from device`).toHaveLength(20)
  expect(await test.sql`select key from device_alias`).toHaveLength(40)
})

it('loses no reading while one writer merges the devices that another writes to', async () => {
  await using test = await databaseWithMonitors()
  await test.writer.write([
    about('a', 0, { asset: { mac: MAC } }),
    about('x', 0, { asset: { make: 'HP', serial: 'PHB12345' } }, 'south'),
  ])

  const minutes = Array.from({ length: 20 }, (_, i) => i + 1)
  await Promise.all([
    ...minutes.map(minute => test.writer.write([about('a', minute, { meters: total(minute) })])),
    test.writer.write([about('x', 30, { asset: printer }, 'south')]),
  ])

  const readings = await test.sql`
    select value from meter_reading join device on device.id = device_id`
  expect(readings).toHaveLength(20)
  expect(await test.sql`select id from device`).toHaveLength(1)
})
