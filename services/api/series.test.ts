import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insert } from './testing/rows.ts'
import { startWithSite } from './testing/site.ts'

let here: Awaited<ReturnType<typeof startWithSite>>
beforeAll(async () => {
  here = await startWithSite()
})
afterAll(() => here?.[Symbol.asyncDispose]())

describe('time series', () => {
  const READINGS = [
    ['2026-09-30T23:59:59.999Z', 10],
    ['2026-10-01T00:00:00.000Z', 11],
    ['2026-10-01T08:10:00.000Z', 12],
    ['2026-10-01T08:50:00.000Z', 13],
    ['2026-10-03T08:50:00.000Z', 14],
    ['2026-11-02T10:00:00.000Z', 15],
  ] as const

  async function deviceWithReadings() {
    const device = await here.site.addDevice()
    for (const [at, value] of READINGS) {
      const reading = { device_id: device, observed_at: at, unit: 'impressions', grade: 'B' }
      await insert(here.sql, 'meter_reading', { ...reading, name: 'total', value })
      await insert(here.sql, 'meter_reading', { ...reading, name: 'color', value: 1 })
    }
    return device
  }

  interface Readings {
    nodes: { value: number }[]
    pageInfo: { hasNextPage: boolean; endCursor: string }
  }

  async function values(device: string, range: string, variables: object = {}): Promise<number[]> {
    const fields = `meterReadings(name: TOTAL, ${range}) { nodes { value observedAt } }`
    const { meterReadings } = await here.askDevice(device, fields, variables)
    return meterReadings.nodes.map((node: { value: number }) => node.value)
  }

  it.each([
    {
      name: 'all',
      why: 'oldest first, over partitions',
      range: 'first: 50',
      want: [10, 11, 12, 13, 14, 15],
    },
    {
      name: 'a range',
      why: 'from counts, to does not',
      range: 'from: "2026-10-01T00:00:00Z", to: "2026-10-03T08:50:00Z"',
      want: [11, 12, 13],
    },
    {
      name: 'hours',
      why: 'the last of each hour',
      range: 'bucket: HOUR',
      want: [10, 11, 13, 14, 15],
    },
    {
      name: 'days',
      why: 'in UTC; days without one are left out',
      range: 'bucket: DAY',
      want: [10, 13, 14, 15],
    },
    { name: 'months', why: 'in UTC', range: 'bucket: MONTH', want: [10, 14, 15] },
    {
      name: 'days of a range',
      why: 'the last within the range, not within the day',
      range: 'bucket: DAY, to: "2026-10-01T08:50:00Z"',
      want: [10, 12],
    },
    {
      name: 'nothing',
      why: 'no readings in the range',
      range: 'bucket: DAY, from: "2030-01-01T00:00:00Z"',
      want: [],
    },
  ])('$name: $why', async ({ range, want }) => {
    expect(await values(await deviceWithReadings(), range)).toEqual(want)
  })

  it.each([
    {
      bucket: '',
      want: [
        [10, 11],
        [12, 13],
        [14, 15],
      ],
    },
    {
      bucket: 'bucket: DAY,',
      want: [
        [10, 13],
        [14, 15],
      ],
    },
  ])('pages of two, each reading once ($bucket)', async ({ bucket, want }) => {
    const device = await deviceWithReadings()
    const pages: number[][] = []
    let after: string | null = null
    do {
      const fields = `meterReadings(name: TOTAL, ${bucket} first: 2, after: $after) { nodes { value } pageInfo { hasNextPage endCursor } }`
      const { nodes, pageInfo }: Readings = (await here.askDevice(device, fields, { after }))
        .meterReadings
      pages.push(nodes.map(node => node.value))
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after !== null)
    expect(pages).toEqual(want)
  })

  it('gives one reading for one instant, so that a page can begin after it', async () => {
    const device = await here.site.addDevice()
    const reading = {
      device_id: device,
      observed_at: '2026-10-01T00:00:00Z',
      name: 'total',
      unit: 'sheets',
      grade: 'C',
    }
    await insert(here.sql, 'meter_reading', { ...reading, value: 1 })
    await insert(here.sql, 'meter_reading', { ...reading, value: 1 })
    expect(await values(device, 'first: 5')).toEqual([1])
  })

  it('of supplies keep "some" apart from unknown and use the supply\'s own unit', async () => {
    const device = await here.site.addDevice()
    await insert(here.sql, 'supply', {
      device_id: device,
      index: '1.1',
      unit: 'percent',
      class: 'consumed',
    })
    const reading = { device_id: device, index: '1.1' }
    const at = (n: number) => `2026-10-01T0${n}:00:00.000Z`
    await insert(here.sql, 'supply_reading', { ...reading, observed_at: at(1), level: 40 })
    await insert(here.sql, 'supply_reading', {
      ...reading,
      observed_at: at(2),
      level_kind: 'some',
    })
    await insert(here.sql, 'supply_reading', { ...reading, observed_at: at(3) })
    await insert(here.sql, 'supply_reading', {
      ...reading,
      index: '1.2',
      observed_at: at(3),
      level: 1,
    })
    const { supplyReadings } = await here.askDevice(
      device,
      'supplyReadings(index: "1.1", bucket: HOUR) { nodes { observedAt level levelKind percentRemaining } }',
    )
    expect(supplyReadings.nodes).toEqual([
      { observedAt: at(1), level: 40, levelKind: 'KNOWN', percentRemaining: 40 },
      { observedAt: at(2), level: null, levelKind: 'SOME', percentRemaining: null },
      { observedAt: at(3), level: null, levelKind: 'UNKNOWN', percentRemaining: null },
    ])
  })
})
