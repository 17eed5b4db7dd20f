import { ensurePartitions } from '@platen/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../test/support/database.ts'
import { testApi } from './testing/api.ts'
import { addSite, insert } from './testing/rows.ts'

let database: TestDatabase
let api: Awaited<ReturnType<typeof testApi>>
let site: Awaited<ReturnType<typeof addSite>>
beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database.as('platen_api'), { owner: database.sql })
  site = await addSite(database.sql, 'Berlin')
  await ensurePartitions(database.sql, ['2026-09', '2026-10', '2026-11'])
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const idOf = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64url')

/** What the API says about a device, which a query selects by the fragment's fields. */
async function ask(device: string, fields: string, variables: object = {}) {
  const names = Object.keys(variables).map(name => `, $${name}: String`)
  const query = `query ($id: ID!${names.join('')}) { device(id: $id) { ${fields} } }`
  const { data, errors } = await api.ask(query, { id: idOf('Device', device), ...variables })
  expect(errors).toEqual([])
  return data.device
}

describe('a device', () => {
  it('of which nothing is known says null, never 0 or empty text', async () => {
    const device = await ask(
      await site.addDevice(),
      `make model serial macAddress hostName address location firmware lifeCount metersObservedAt
       suppliesObservedAt traysObservedAt incidentsObservedAt meters { value } supplies { level }
       trays { level } openIncidents { code } incidents { nodes { code } }`,
    )
    const { meters, supplies, trays, openIncidents, incidents, ...asset } = device
    expect(new Set(Object.values(asset))).toEqual(new Set([null]))
    expect([meters, supplies, trays, openIncidents, incidents.nodes]).toEqual([[], [], [], [], []])
  })

  it('says where it stands and who reads it, in the usual notations', async () => {
    const asset = { mac: '00-1B-A9-AA-BB-CC', address: '2001:db8::7', make: 'Acme' }
    const device = await ask(
      await site.addDevice(asset),
      'macAddress address make firstSeenAt site { id name } monitor { name site { id } lastContactAt outboxBytes }',
    )
    const id = idOf('Site', site.site)
    expect(device).toEqual({
      macAddress: '00:1b:a9:aa:bb:cc',
      address: '2001:db8::7',
      make: 'Acme',
      firstSeenAt: '2026-01-01T00:00:00.000Z',
      site: { id, name: 'Berlin' },
      monitor: { name: 'berlin', site: { id }, lastContactAt: null, outboxBytes: null },
    })
  })

  it('gives meters beyond 32 bits exactly, and the total as its life count', async () => {
    const device = await site.addDevice()
    const meter = { device_id: device, unit: 'impressions', grade: 'A' }
    await insert(database.sql, 'meter', { ...meter, name: 'two-sided', value: 7 })
    await insert(database.sql, 'meter', { ...meter, name: 'total', value: 2 ** 53 - 1 })
    expect(await ask(device, 'lifeCount meters { name value unit grade }')).toEqual({
      lifeCount: 9007199254740991,
      meters: [
        { name: 'TOTAL', value: 9007199254740991, unit: 'impressions', grade: 'A' },
        { name: 'TWO_SIDED', value: 7, unit: 'impressions', grade: 'A' },
      ],
    })
  })

  it('lists supplies by index and tells a receptacle from what runs out', async () => {
    const device = await site.addDevice()
    const supply = { device_id: device, unit: 'percent', capacity: 100, level: 30 }
    await insert(database.sql, 'supply', {
      ...supply,
      index: '1.10',
      class: 'consumed',
      color: 'black',
    })
    await insert(database.sql, 'supply', { ...supply, index: '1.2', class: 'filled' })
    await insert(database.sql, 'supply', { device_id: device, index: '1.3', level_kind: 'some' })
    const { supplies } = await ask(
      device,
      'supplies { index color level levelKind percentRemaining percentFilled }',
    )
    expect(supplies).toEqual([
      {
        index: '1.2',
        color: null,
        level: 30,
        levelKind: 'KNOWN',
        percentRemaining: 30,
        percentFilled: 70,
      },
      {
        index: '1.3',
        color: null,
        level: null,
        levelKind: 'SOME',
        percentRemaining: null,
        percentFilled: null,
      },
      {
        index: '1.10',
        color: 'black',
        level: 30,
        levelKind: 'KNOWN',
        percentRemaining: 30,
        percentFilled: null,
      },
    ])
  })

  it('gives a tray without a limit no percentage', async () => {
    const device = await site.addDevice()
    await insert(database.sql, 'tray', {
      device_id: device,
      index: '1.1',
      capacity_kind: 'unlimited',
      level: 5,
    })
    const { trays } = await ask(
      device,
      'trays { capacity capacityKind level levelKind percentRemaining }',
    )
    expect(trays).toEqual([
      {
        capacity: null,
        capacityKind: 'UNLIMITED',
        level: 5,
        levelKind: 'KNOWN',
        percentRemaining: null,
      },
    ])
  })

  it.each([
    { name: 'unknown', id: idOf('Device', crypto.randomUUID()), want: [] },
    { name: 'of another type', id: idOf('Site', crypto.randomUUID()), want: ['BAD_USER_INPUT'] },
    { name: 'garbage', id: '%%%', want: ['BAD_USER_INPUT'] },
    { name: 'a bare UUID', id: crypto.randomUUID(), want: ['BAD_USER_INPUT'] },
  ])('whose id is $name is null', async ({ id, want }) => {
    const { data, errors } = await api.ask('query ($id: ID!) { device(id: $id) { make } }', { id })
    expect(data).toEqual({ device: null })
    expect(errors.map(error => error.code)).toEqual(want)
  })
})

it('node and nodes find every type by its id, in the order asked for, null for what is gone', async () => {
  const device = await site.addDevice()
  const incident = await addIncident(device, { key: 'a', opened_at: '2026-11-01T00:00:00Z' })
  const ids = [
    idOf('Incident', incident),
    idOf('Device', crypto.randomUUID()),
    idOf('Monitor', site.monitor),
    idOf('Site', site.site),
    idOf('Device', device),
  ]
  const { data } = await api.ask(
    'query ($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id } nodes(ids: $ids) { __typename id } }',
    { id: ids[0], ids },
  )
  const [incidentId, , monitorId, siteId, deviceId] = ids
  expect(data.node).toEqual({ __typename: 'Incident', id: incidentId })
  expect(data.nodes).toEqual([
    { __typename: 'Incident', id: incidentId },
    null,
    { __typename: 'Monitor', id: monitorId },
    { __typename: 'Site', id: siteId },
    { __typename: 'Device', id: deviceId },
  ])
})

function addIncident(device: string, columns: Record<string, unknown>) {
  const usual = { source: 'alert', severity: 'warning', code: 'jam' }
  return insert(database.sql, 'incident', { device_id: device, ...usual, ...columns })
}

describe('incidents', () => {
  const day = (n: number) => `2026-11-0${n}T00:00:00.000Z`

  it('of a device: the open ones by severity, all by time, in pages', async () => {
    const device = await site.addDevice()
    await addIncident(device, { key: 'a', opened_at: day(1), closed_at: day(2) })
    await addIncident(device, { key: 'b', opened_at: day(2) })
    await addIncident(device, { key: 'c', opened_at: day(3), severity: 'critical' })
    const { openIncidents, incidents, closed } = await ask(
      device,
      `openIncidents { openedAt closedAt }
       incidents(first: 2) { nodes { openedAt } pageInfo { hasNextPage endCursor } }
       closed: incidents(filter: { open: false }) { nodes { openedAt closedAt } }`,
    )
    expect(openIncidents).toEqual([3, 2].map(n => ({ openedAt: day(n), closedAt: null })))
    expect(incidents.nodes).toEqual([{ openedAt: day(3) }, { openedAt: day(2) }])
    expect(incidents.pageInfo.hasNextPage).toBe(true)
    expect(closed.nodes).toEqual([{ openedAt: day(1), closedAt: day(2) }])
    const rest = await ask(device, 'incidents(after: $after) { nodes { openedAt } }', {
      after: incidents.pageInfo.endCursor,
    })
    expect(rest.incidents.nodes).toEqual([{ openedAt: day(1) }])
  })

  it('of all devices: newest first, by site, device, severity and time', async () => {
    const paris = await addSite(database.sql, 'Paris')
    const devices = [await paris.addDevice(), await paris.addDevice()]
    await addIncident(devices[0] ?? '', { key: 'a', opened_at: day(4) })
    await addIncident(devices[1] ?? '', { key: 'b', opened_at: day(5), severity: 'critical' })
    await addIncident(devices[1] ?? '', { key: 'c', opened_at: day(6), closed_at: day(7) })
    const found = async (filter: object) => {
      const { data, errors } = await api.ask(
        'query ($filter: IncidentFilter) { incidents(filter: $filter) { nodes { openedAt } } }',
        { filter: { siteId: idOf('Site', paris.site), ...filter } },
      )
      expect(errors).toEqual([])
      return data.incidents.nodes.map((node: { openedAt: string }) => node.openedAt)
    }
    expect(await found({})).toEqual([day(6), day(5), day(4)])
    expect(await found({ open: true })).toEqual([day(5), day(4)])
    expect(await found({ minimumSeverity: 'CRITICAL' })).toEqual([day(5)])
    expect(await found({ since: day(5) })).toEqual([day(6), day(5)])
    expect(await found({ deviceId: idOf('Device', devices[0] ?? '') })).toEqual([day(4)])
  })
})

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
    const device = await site.addDevice()
    for (const [at, value] of READINGS) {
      const reading = { device_id: device, observed_at: at, unit: 'impressions', grade: 'B' }
      await insert(database.sql, 'meter_reading', { ...reading, name: 'total', value })
      await insert(database.sql, 'meter_reading', { ...reading, name: 'color', value: 1 })
    }
    return device
  }

  interface Readings {
    nodes: { value: number }[]
    pageInfo: { hasNextPage: boolean; endCursor: string }
  }

  async function values(device: string, range: string, variables: object = {}): Promise<number[]> {
    const fields = `meterReadings(name: TOTAL, ${range}) { nodes { value observedAt } }`
    const { meterReadings } = await ask(device, fields, variables)
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
      const { nodes, pageInfo }: Readings = (await ask(device, fields, { after })).meterReadings
      pages.push(nodes.map(node => node.value))
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after !== null)
    expect(pages).toEqual(want)
  })

  it('gives one reading for one instant, so that a page can begin after it', async () => {
    const device = await site.addDevice()
    const reading = {
      device_id: device,
      observed_at: '2026-10-01T00:00:00Z',
      name: 'total',
      unit: 'sheets',
      grade: 'C',
    }
    await insert(database.sql, 'meter_reading', { ...reading, value: 1 })
    await insert(database.sql, 'meter_reading', { ...reading, value: 1 })
    expect(await values(device, 'first: 5')).toEqual([1])
  })

  it('of supplies keep "some" apart from unknown and use the supply\'s own unit', async () => {
    const device = await site.addDevice()
    await insert(database.sql, 'supply', {
      device_id: device,
      index: '1.1',
      unit: 'percent',
      class: 'consumed',
    })
    const reading = { device_id: device, index: '1.1' }
    const at = (n: number) => `2026-10-01T0${n}:00:00.000Z`
    await insert(database.sql, 'supply_reading', { ...reading, observed_at: at(1), level: 40 })
    await insert(database.sql, 'supply_reading', {
      ...reading,
      observed_at: at(2),
      level_kind: 'some',
    })
    await insert(database.sql, 'supply_reading', { ...reading, observed_at: at(3) })
    await insert(database.sql, 'supply_reading', {
      ...reading,
      index: '1.2',
      observed_at: at(3),
      level: 1,
    })
    const { supplyReadings } = await ask(
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

it('sites and monitors are listed by name; a monitor tells its health', async () => {
  const rome = await addSite(database.sql, 'Aachen')
  await database.sql`
    update monitor set outbox_reports = 3, outbox_bytes = 5000000000, devices = 40, unreadable = 2
    where id = ${rome.monitor}`
  const { data } = await api.ask(
    `query ($siteId: ID!) {
      sites(first: 1) { nodes { name } pageInfo { hasNextPage } }
      monitors(filter: { siteId: $siteId }) { nodes { name outboxReports outboxBytes deviceCount unreadableCount version } }
    }`,
    { siteId: idOf('Site', rome.site) },
  )
  expect(data.sites).toEqual({ nodes: [{ name: 'Aachen' }], pageInfo: { hasNextPage: true } })
  const health = {
    outboxReports: 3,
    outboxBytes: 5_000_000_000,
    deviceCount: 40,
    unreadableCount: 2,
  }
  expect(data.monitors.nodes).toEqual([{ name: 'aachen', ...health, version: null }])
})
