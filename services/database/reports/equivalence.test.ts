import type { Report } from '@platen/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ReceivedReport } from './entry.ts'
import { rebuildCurrentState } from './rebuild.ts'
import { about, at, databaseWithMonitors, everything } from './writer.support.ts'

const device = fc.constantFrom('a', 'b', 'c')
const amount = fc.option(fc.oneof(fc.nat(100), fc.constantFrom('some', 'unlimited')), {
  nil: undefined,
})

const meters = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('total', 'color', 'sheets'),
    unit: fc.constant('impressions'),
    value: fc.nat(1000),
    grade: fc.constantFrom('A', 'B', 'C'),
  }),
  { selector: ({ name }) => name, maxLength: 3 },
)
const supplies = fc.uniqueArray(
  fc.record({ index: fc.constantFrom('1.1', '1.2', '1.3'), level: amount }),
  { selector: ({ index }) => index, minLength: 1, maxLength: 3 },
)
const trays = fc.uniqueArray(
  fc.record({ index: fc.constantFrom('1.1', '1.2'), level: amount, capacity: amount }),
  { selector: ({ index }) => index, maxLength: 2 },
)
const incidents = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('alert.1', 'alert.2'),
    source: fc.constant('alert'),
    severity: fc.constantFrom('warning', 'critical'),
    code: fc.constant('jam'),
    since: fc.nat(60).map(at),
  }),
  { selector: ({ key }) => key, maxLength: 2 },
)
/** Two printers and what is known of them at times: so devices come to be one, and printers change places. */
const asset = fc.record(
  {
    make: fc.constant('HP'),
    serial: fc.constantFrom('PHB11111', 'PHB22222', 'XXXXXXXXXX'),
    mac: fc.constantFrom('3c:2a:f4:00:00:01', '3c:2a:f4:00:00:02'),
  },
  { requiredKeys: ['make'] },
)

const sections = fc.record(
  { meters, supplies, trays, incidents },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<Report>>
const sectionsAndAsset = fc
  .tuple(sections, fc.option(asset, { nil: undefined, freq: 2 }))
  .map(([rest, seen]) => (seen ? { ...rest, asset: seen } : rest))

/** Reports of two monitors with times that differ but are in no order, and how they are cut into batches. */
function streams(content: fc.Arbitrary<Partial<Report>>) {
  return fc.uniqueArray(fc.nat(59), { minLength: 1, maxLength: 16 }).chain(minutes =>
    fc.tuple(
      fc.tuple(
        ...minutes.map(minute =>
          fc.tuple(fc.constantFrom('north', 'south'), device, content).map(
            ([monitor, key, parts]): ReceivedReport => ({
              monitor,
              report: {
                epoch: 'e',
                seq: minute + 1,
                observedAt: at(minute),
                device: key,
                ...parts,
              },
            }),
          ),
        ),
      ),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 16, maxLength: 16 }),
    ),
  )
}

/** What the reports lead to in an emptied database, written in batches of these sizes. */
async function write(database: Database, reports: ReceivedReport[], sizes: number[]) {
  await database.sql.unsafe(`
    truncate device, received_report, asset_reading, meter_reading, supply_reading, incident_reading cascade`)
  const rest = [...reports]
  for (const size of sizes) await database.writer.write(rest.splice(0, size))
  return everything(database.sql)
}

type Database = Awaited<ReturnType<typeof databaseWithMonitors>>

const ONE_BY_ONE: number[] = Array(16).fill(1)
const RUNS = { numRuns: 10 }

it('leads to the same state in any batches, and rebuilding it from the readings changes nothing', async () => {
  await using database = await databaseWithMonitors()
  await fc.assert(
    fc.asyncProperty(streams(sections), async ([reports, sizes]) => {
      const single = await write(database, reports, ONE_BY_ONE)
      expect(await write(database, reports, sizes)).toEqual(single)

      await rebuildCurrentState(database.sql)
      expect(await everything(database.sql)).toEqual(single)
    }),
    RUNS,
  )
})

it('does the same while devices merge and printers change places', async () => {
  await using database = await databaseWithMonitors()
  await fc.assert(
    fc.asyncProperty(streams(sectionsAndAsset), async ([reports, sizes]) => {
      const single = await write(database, reports, ONE_BY_ONE)
      expect(await write(database, reports, sizes)).toEqual(single)

      await rebuildCurrentState(database.sql)
      expect(await everything(database.sql)).toEqual(single)
    }),
    RUNS,
  )
})

it('rebuilds what somebody has spoiled: meters, levels, incidents, and who the device is', async () => {
  await using database = await databaseWithMonitors()
  const said: Partial<Report> = {
    asset: {
      make: 'HP',
      model: 'M404',
      serial: 'PHB11111',
      mac: '3c:2a:f4:00:00:01',
      address: '192.0.2.7',
    },
    meters: [{ name: 'total', unit: 'impressions', value: 7, grade: 'A' }],
    supplies: [{ index: '1.1', color: 'black', level: 40, capacity: 100 }],
    incidents: [{ key: 'k', source: 'alert', severity: 'warning', code: 'jam', since: at(1) }],
  }
  await database.writer.write([about('a', 1, said), about('a', 0, { asset: { make: 'Canon' } })])
  const right = await everything(database.sql)
  await database.sql.unsafe(`
    update device set make = 'wrong', model = null, serial = 'wrong', mac = null, address = null, firmware = 'wrong';
    update meter set value = 0; update supply set level = 0; update incident set severity = 'other'`)
  expect(await everything(database.sql)).not.toEqual(right)

  await rebuildCurrentState(database.sql)

  expect(await everything(database.sql)).toEqual(right)
  const [device] = await database.sql`select model, host(address) as address, firmware from device`
  expect(device).toEqual({ model: 'M404', address: '192.0.2.7', firmware: null })
})
