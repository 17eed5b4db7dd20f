import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../test/support/database.ts'
import { AMOUNTS } from './testing/amounts.ts'
import { testApi } from './testing/api.ts'
import { addSite, insert } from './testing/rows.ts'

let database: TestDatabase
let api: Awaited<ReturnType<typeof testApi>>
beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database.as('platen_api'), { owner: database.sql })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const PAGE = `query (
  $first: Int, $after: String, $last: Int, $before: String, $filter: DeviceFilter, $orderBy: DeviceOrder
) {
  devices(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    nodes { id serial make model }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

interface Page {
  nodes: { id: string; serial: string | null }[]
  pageInfo: {
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string
    endCursor: string
  }
}

async function page(variables: object): Promise<Page> {
  const { data, errors } = await api.ask(PAGE, variables)
  expect(errors).toEqual([])
  return data.devices
}

/** The serial numbers of all pages of two, and how many of them the pages promised to be. */
async function pagesOfTwo(variables: object, betweenPages = async () => {}) {
  const pages: (string | null)[][] = []
  let after: string | undefined
  do {
    const { nodes, pageInfo } = await page({ ...variables, first: 2, after })
    pages.push(nodes.map(node => node.serial))
    after = pageInfo.hasNextPage ? pageInfo.endCursor : undefined
    await betweenPages()
  } while (after !== undefined)
  return pages
}

async function pagesOfTwoFromTheEnd(variables: object) {
  const pages: (string | null)[][] = []
  let before: string | undefined
  do {
    const { nodes, pageInfo } = await page({ ...variables, last: 2, before })
    pages.unshift(nodes.map(node => node.serial))
    before = pageInfo.hasPreviousPage ? pageInfo.startCursor : undefined
  } while (before !== undefined)
  return pages
}

/** A site of its own with devices of these serial numbers, so that tests do not see each other's. */
async function siteWith(devices: Record<string, unknown>[]) {
  const site = await addSite(database.sql, crypto.randomUUID())
  const ids: string[] = []
  for (const device of devices) ids.push(await site.addDevice(device))
  const filter = { siteId: Buffer.from(`Site:${site.site}`).toString('base64url') }
  return { ...site, ids, filter }
}

const serials = (text: string) => [...text].map(serial => ({ serial }))

describe('paging', () => {
  it('goes forward through everything once, in the order in which devices were stored', async () => {
    const { filter } = await siteWith(serials('edcba'))
    expect(await pagesOfTwo({ filter })).toEqual([['e', 'd'], ['c', 'b'], ['a']])
  })

  it('goes backward through the same', async () => {
    const { filter } = await siteWith(serials('edcba'))
    expect(await pagesOfTwoFromTheEnd({ filter })).toEqual([['e'], ['d', 'c'], ['b', 'a']])
  })

  it.each(['MODEL', 'LAST_SEEN_AT'])(
    'by %s loses and repeats nothing among devices that are the same there: the id decides',
    async field => {
      const same = { make: 'Acme', model: null, last_seen_at: '2026-11-01T00:00:00.123456Z' }
      const { filter } = await siteWith(serials('abcde').map(device => ({ ...device, ...same })))
      for (const direction of ['ASC', 'DESC']) {
        const pages = await pagesOfTwo({ filter, orderBy: { field, direction } })
        const want = direction === 'ASC' ? 'abcde' : 'edcba'
        expect(pages.flat().join('')).toBe(want)
      }
    },
  )

  it('keeps microseconds, which a JavaScript Date would cut', async () => {
    const at = (serial: string, microseconds: string) => ({
      serial,
      last_seen_at: `2026-11-01T00:00:00.123${microseconds}Z`,
    })
    const { filter } = await siteWith([
      at('a', '900'),
      at('b', '100'),
      at('c', '500'),
      at('d', '501'),
    ])
    const pages = await pagesOfTwo({ filter, orderBy: { field: 'LAST_SEEN_AT' } })
    expect(pages).toEqual([
      ['b', 'c'],
      ['d', 'a'],
    ])
  })

  it('puts an unknown serial number first instead of leaving the device out', async () => {
    const { filter } = await siteWith([{ serial: 'b' }, { serial: null }, { serial: 'a' }])
    const pages = await pagesOfTwo({ filter, orderBy: { field: 'SERIAL' } })
    expect(pages).toEqual([[null, 'a'], ['b']])
  })

  it('does not shift when devices are stored in the middle of it', async () => {
    const { filter, addDevice } = await siteWith(serials('bdfh'))
    const late = ['g', 'a', 'e']
    const pages = await pagesOfTwo({ filter, orderBy: { field: 'SERIAL' } }, async () => {
      const serial = late.shift()
      if (serial) await addDevice({ serial })
    })
    expect(pages).toEqual([['b', 'd'], ['f', 'g'], ['h']])
  })

  it('goes on after a device that is gone', async () => {
    const { filter, ids } = await siteWith(serials('abc'))
    const { pageInfo } = await page({ filter, first: 1 })
    await database.sql`delete from device where id = ${ids[0]}`
    const next = await page({ filter, first: 2, after: pageInfo.endCursor })
    expect(next.nodes.map(node => node.serial)).toEqual(['b', 'c'])
  })

  it('between two cursors gives what is between them', async () => {
    const { filter } = await siteWith(serials('abcd'))
    const { pageInfo } = await page({ filter, first: 4 })
    const inner = { after: pageInfo.startCursor, before: pageInfo.endCursor }
    expect((await page({ filter, ...inner })).nodes.map(node => node.serial)).toEqual(['b', 'c'])
  })

  it('of an empty list has no cursors and no neighbours', async () => {
    const { filter } = await siteWith([])
    const none = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null }
    expect(await page({ filter })).toEqual({ nodes: [], pageInfo: none })
  })
})

describe('a page that can not be', () => {
  it.each([
    { name: 'too large', args: { first: 201 }, why: 'first is 0 to 200' },
    { name: 'negative', args: { last: -1 }, why: 'last is 0 to 200' },
    { name: 'forward and backward', args: { first: 1, last: 1 }, why: 'both first and last' },
    { name: 'after garbage', args: { after: 'garbage' }, why: 'the cursor "garbage"' },
    {
      name: 'after NUL',
      args: { after: cursor('serial', '\0', crypto.randomUUID()) },
      why: 'cursor',
    },
    { name: 'after a number', args: { after: cursor('id', 7) }, why: 'cursor' },
    { name: 'after no id', args: { after: cursor('id', "'; drop table device") }, why: 'cursor' },
    {
      name: 'after another order',
      args: { after: cursor('serial', 'a', crypto.randomUUID()) },
      why: 'in this order',
    },
    {
      name: 'after the 31st of November',
      args: {
        after: cursor('lastSeenAt', '2026-99-31 00:00:00+00', crypto.randomUUID()),
        orderBy: { field: 'LAST_SEEN_AT' },
      },
      why: 'cursor',
    },
  ])('is refused: $name', async ({ args, why }) => {
    const { errors } = await api.ask(PAGE, args)
    expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message: expect.stringContaining(why) }])
  })

  function cursor(...parts: unknown[]) {
    return Buffer.from(JSON.stringify(parts)).toString('base64url')
  }
})

describe('filters', () => {
  const found = async (filter: object) =>
    (await page({ filter, first: 200 })).nodes.map(node => node.serial)

  it('find a site, its monitor, a make, a model and a serial number, in any case', async () => {
    const asset = { make: 'Filter & Co', model: 'X_1', serial: 'F-1' }
    const { filter, monitor } = await siteWith([asset, { serial: 'F-2' }])
    const monitorId = Buffer.from(`Monitor:${monitor}`).toString('base64url')
    expect(await found(filter)).toEqual(['F-1', 'F-2'])
    expect(await found({ monitorId })).toEqual(['F-1', 'F-2'])
    expect(await found({ make: 'FILTER & co' })).toEqual(['F-1'])
    expect(await found({ ...filter, model: 'x_1' })).toEqual(['F-1'])
    expect(await found({ serial: 'f-2' })).toEqual(['F-2'])
    expect(await found({ serial: 'f-1', make: 'another' })).toEqual([])
  })

  it('search in make, model, serial number, host name, address and location; % and _ stand for themselves', async () => {
    const { filter } = await siteWith([
      { serial: 'S-1', make: 'Acme', model: '100%' },
      { serial: 'S-2', host_name: 'printer_7', address: '192.0.2.77' },
      { serial: 'S-3', location: 'Büro 100' },
    ])
    expect(await found({ ...filter, search: '100%' })).toEqual(['S-1'])
    expect(await found({ ...filter, search: 'R_7' })).toEqual(['S-2'])
    expect(await found({ ...filter, search: '192.0.2.77' })).toEqual(['S-2'])
    expect(await found({ ...filter, search: 'büro' })).toEqual(['S-3'])
    expect(await found({ ...filter, search: '_' })).toEqual(['S-2'])
    expect(await found({ ...filter, search: '\\' })).toEqual([])
  })

  it('tell open incidents from closed ones, and by severity', async () => {
    const { filter, ids } = await siteWith(serials('abc'))
    const at = '2026-11-01T00:00:00Z'
    const incident = { key: 'k', source: 'alert', code: 'jam', opened_at: at }
    await insert(database.sql, 'incident', { ...incident, device_id: ids[0], severity: 'warning' })
    await insert(database.sql, 'incident', {
      ...incident,
      device_id: ids[1],
      severity: 'critical',
      closed_at: at,
    })
    expect(await found({ ...filter, hasOpenIncidents: true })).toEqual(['a'])
    expect(await found({ ...filter, hasOpenIncidents: false })).toEqual(['b', 'c'])
    expect(await found({ ...filter, minimumSeverity: 'WARNING' })).toEqual(['a'])
    expect(await found({ ...filter, minimumSeverity: 'CRITICAL' })).toEqual([])
  })

  it('find devices not seen since a time, which itself counts as seen', async () => {
    const { filter } = await siteWith(
      ['2026-10-01', '2026-10-02'].map(day => ({ serial: day, last_seen_at: `${day}T00:00:00Z` })),
    )
    expect(await found({ ...filter, notSeenSince: '2026-10-02T00:00:00Z' })).toEqual(['2026-10-01'])
  })

  it.each(AMOUNTS)(
    'supplyBelowPercent agrees with percentRemaining: $name',
    async ({ amount, want }) => {
      const { filter, ids } = await siteWith([{ serial: 'x' }])
      const { unit, level, capacity, levelKind } = amount
      await insert(database.sql, 'supply', {
        device_id: ids[0],
        index: '1.1',
        unit,
        level,
        capacity,
        level_kind: levelKind,
      })
      const below = (percent: number) => found({ ...filter, supplyBelowPercent: percent })
      expect(await below(100)).toEqual(want !== null && want < 100 ? ['x'] : [])
      if (want !== null && want < 99) expect(await below(want + 0.1)).toEqual(['x'])
      if (want) expect(await below(want - 0.1)).toEqual([])
    },
  )

  it.each([
    { filter: { search: 'a\0b' }, why: 'search' },
    { filter: { make: 'x'.repeat(256) }, why: '255 characters' },
    { filter: { supplyBelowPercent: -1 }, why: '0 to 100' },
    { filter: { siteId: 'nonsense' }, why: 'not an id' },
    {
      filter: { siteId: Buffer.from(`Device:${crypto.randomUUID()}`).toString('base64url') },
      why: 'Site',
    },
    { filter: { notSeenSince: 'yesterday' }, why: 'RFC 3339' },
    { filter: { notSeenSince: '-271821-04-20T00:00:00Z' }, why: 'RFC 3339' },
  ])('refuse $filter', async ({ filter, why }) => {
    const { errors } = await api.ask(PAGE, { filter })
    expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message: expect.stringContaining(why) }])
  })
})

it('totalCount counts what matches, also with a page of nothing', async () => {
  const { filter } = await siteWith(serials('abc'))
  const { data } = await api.ask(
    'query ($filter: DeviceFilter) { devices(first: 0, filter: $filter) { totalCount nodes { id } } }',
    { filter },
  )
  expect(data.devices).toEqual({ totalCount: 3, nodes: [] })
})
