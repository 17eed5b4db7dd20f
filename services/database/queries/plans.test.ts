import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../test/support/database.ts'
import type { Sql } from '../connect.ts'
import { ensurePartitions } from '../partitions.ts'
import { template } from '../query.ts'
import { DEVICE_ORDERS, listDevices } from './devices.ts'
import { listIncidents, listIncidentsOfDevices, openIncidentsOfDevices } from './incidents.ts'
import { meterReadingsOfDevices } from './meters.ts'

let database: TestDatabase
let client: pg.Client
let device: string
beforeAll(async () => {
  database = await freshDatabase()
  await ensurePartitions(database.sql, ['2026-10', '2026-11'])
  await database.sql.unsafe(FILL)
  const [row] = await database.sql<{ id: string }[]>`select id from device offset 5000 limit 1`
  device = row?.id ?? ''
  client = new pg.Client({
    connectionString: database.url.replace(/@\/|@localhost\//, '@localhost/'),
  })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

const FILL = `
  insert into site (name) values ('Berlin');
  insert into monitor (site_id, name) select id, 'berlin' from site;
  insert into device (site_id, monitor_id, make, model, serial, first_seen_at, last_seen_at)
    select m.site_id, m.id, 'Make ' || i % 9, 'Model ' || i % 100, md5(i::text), now(), now()
    from monitor m, generate_series(1, 10000) i;
  insert into incident (device_id, key, source, severity, code, opened_at, closed_at)
    select id, 'k' || k, 'alert', 'warning', 'jam', now() - k * interval '1 day', case when k > 1 then now() end
    from device, generate_series(1, 10) k;
  insert into meter_reading (device_id, observed_at, name, unit, value, grade)
    select d.id, timestamptz '2026-10-01' + i * interval '5 hours', 'total', 'impressions', i, 'A'
    from (select id from device limit 500) d, generate_series(1, 200) i;
  analyze;`

/** What PostgreSQL would do for the one query that `ask` makes: its steps, and the indexes they read. */
async function plan(ask: (sql: Sql) => Promise<unknown>) {
  let steps: string[] = []
  let indexes: string[] = []
  const explain = template(async ({ text, values }) => {
    const { rows } = await client.query({ text: `explain (format json) ${text}`, values })
    const written = JSON.stringify(rows)
    steps = [...written.matchAll(/"Node Type":"([^"]+)"/g)].map(match => match[1] ?? '')
    indexes = [...written.matchAll(/"Index Name":"([^"]+)"/g)].map(match => match[1] ?? '')
    return []
  })
  await ask(Object.assign(explain, { begin: database.sql.begin, end: database.sql.end }))
  expect(steps).not.toEqual([])
  return { steps, indexes }
}

describe('among 10,000 devices', () => {
  const CURSORS = {
    id: () => [device],
    model: () => ['Make 4', 'Model 50', device],
    serial: () => ['800', device],
  }
  it.each([
    { by: 'id', index: 'device_pkey' },
    { by: 'model', index: 'device_coalesce_coalesce1_id_idx' },
    { by: 'serial', index: 'device_coalesce_id_idx' },
  ] as const)('a page by $by starts inside its index and sorts nothing', async ({ by, index }) => {
    for (const backward of [false, true]) {
      const key = CURSORS[by]()
      const page = { limit: 51, backward, ...(backward ? { before: key } : { after: key }) }
      const seen = await plan(sql => listDevices(sql, {}, { columns: DEVICE_ORDERS[by] }, page))
      expect(seen).toEqual({ steps: ['Limit', 'Index Scan'], indexes: [index] })
    }
  })

  it('a page by last contact sorts all of them: an index would cost every report more than that', async () => {
    const columns = DEVICE_ORDERS.lastSeenAt
    const { steps } = await plan(sql => listDevices(sql, {}, { columns }, { limit: 51 }))
    expect(steps).toEqual(['Limit', 'Sort', 'Seq Scan'])
  })
})

describe('among 100,000 incidents', () => {
  const after = ['2026-11-01 00:00:00+00', crypto.randomUUID()]

  it('a page of all starts inside their index', async () => {
    const { steps, indexes } = await plan(sql => listIncidents(sql, {}, { limit: 51, after }))
    expect(steps).toEqual(['Limit', 'Index Scan'])
    expect(indexes).toEqual(['incident_opened_at_id_idx'])
  })

  it('a page of the open ones reads only those', async () => {
    const { indexes } = await plan(sql => listIncidents(sql, { open: true }, { limit: 51, after }))
    expect(indexes).toEqual(['incident_opened_at_id_idx1'])
  })

  it("devices' pages and their open incidents are read by device", async () => {
    const ids = [device]
    const pages = await plan(sql => listIncidentsOfDevices(sql, ids, {}, { limit: 21 }))
    expect(pages.indexes).toEqual(['incident_history'])
    const open = await plan(sql => openIncidentsOfDevices(sql, ids))
    expect(open.indexes).toEqual(['incident_open'])
  })
})

describe('among 100,000 readings', () => {
  it.each([undefined, 'day'] as const)(
    'a series (bucket %s) reads no partition as a whole',
    async bucket => {
      const seen = await plan(sql =>
        meterReadingsOfDevices(sql, [device], 'total', { limit: 51, bucket }),
      )
      expect(seen.steps).not.toContain('Seq Scan')
      expect(new Set(seen.indexes)).toEqual(
        new Set(['10', '11'].map(month => `meter_reading_2026_${month}_device_id_observed_at_idx`)),
      )
    },
  )
})
