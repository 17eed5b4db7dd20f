import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insert } from './testing/rows.ts'
import { idOf, startWithSite } from './testing/site.ts'

let here: Awaited<ReturnType<typeof startWithSite>>
beforeAll(async () => {
  here = await startWithSite()
})
afterAll(() => here?.[Symbol.asyncDispose]())

describe('a device', () => {
  it('of which nothing is known says null, never 0 or empty text', async () => {
    const device = await here.askDevice(
      await here.site.addDevice(),
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
    const device = await here.askDevice(
      await here.site.addDevice(asset),
      'macAddress address make firstSeenAt site { id name } monitor { name site { id } lastContactAt outboxBytes }',
    )
    const id = idOf('Site', here.site.site)
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
    const device = await here.site.addDevice()
    const meter = { device_id: device, unit: 'impressions', grade: 'A' }
    await insert(here.sql, 'meter', { ...meter, name: 'two-sided', value: 7 })
    await insert(here.sql, 'meter', { ...meter, name: 'total', value: 2 ** 53 - 1 })
    expect(await here.askDevice(device, 'lifeCount meters { name value unit grade }')).toEqual({
      lifeCount: 9007199254740991,
      meters: [
        { name: 'TOTAL', value: 9007199254740991, unit: 'impressions', grade: 'A' },
        { name: 'TWO_SIDED', value: 7, unit: 'impressions', grade: 'A' },
      ],
    })
  })

  it('lists supplies by index and tells a receptacle from what runs out', async () => {
    const device = await here.site.addDevice()
    const supply = { device_id: device, unit: 'percent', capacity: 100, level: 30 }
    await insert(here.sql, 'supply', {
      ...supply,
      index: '1.10',
      class: 'consumed',
      color: 'black',
    })
    await insert(here.sql, 'supply', { ...supply, index: '1.2', class: 'filled' })
    await insert(here.sql, 'supply', { device_id: device, index: '1.3', level_kind: 'some' })
    const { supplies } = await here.askDevice(
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
    const device = await here.site.addDevice()
    await insert(here.sql, 'tray', {
      device_id: device,
      index: '1.1',
      capacity_kind: 'unlimited',
      level: 5,
    })
    const { trays } = await here.askDevice(
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
    const { data, errors } = await here.api.ask('query ($id: ID!) { device(id: $id) { make } }', {
      id,
    })
    expect(data).toEqual({ device: null })
    expect(errors.map(error => error.code)).toEqual(want)
  })
})
