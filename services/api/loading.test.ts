import { ensurePartitions, type Sql } from '@platen/database'
import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { testApi } from './testing/api.ts'
import { addSite, insert } from './testing/rows.ts'

const EVERYTHING = `query ($first: Int) {
  devices(first: $first) {
    nodes {
      id lifeCount site { name } monitor { name site { name } }
      meters { value } supplies { level } trays { level } openIncidents { code device { serial } }
      incidents(first: 2) { nodes { code } }
      pages: meterReadings(name: TOTAL, first: 2) { nodes { value } }
      days: meterReadings(name: TOTAL, bucket: DAY, first: 2) { nodes { value } }
      supplyReadings(index: "1.1", first: 2) { nodes { level } }
    }
  }
}`

it('asks the database no more often for twenty devices than for two', async () => {
  await using database = await freshDatabase()
  await ensurePartitions(database.sql, ['2026-10'])
  await fill(database.sql)
  const { sql, pieces } = counting(database.sql)
  await using api = await testApi(sql)
  const ask = async (first: number) => {
    const before = pieces()
    const { data, errors } = await api.ask(EVERYTHING, { first })
    expect(errors).toEqual([])
    return { nodes: data.devices.nodes, pieces: pieces() - before }
  }
  await ask(1) // lets the token be remembered
  const two = await ask(2)
  const twenty = await ask(20)
  expect(twenty.nodes).toHaveLength(20)
  expect(twenty.nodes.at(-1)).toMatchObject({
    days: { nodes: [{ value: 7 }] },
    meters: [{ value: 7 }],
  })
  expect(twenty.pieces).toBe(two.pieces)
})

async function fill(sql: Sql): Promise<void> {
  const site = await addSite(sql, 'Berlin')
  const at = '2026-10-01T00:00:00Z'
  for (let i = 0; i < 20; i++) {
    const device_id = await site.addDevice({ serial: `${i}` })
    const meter = { device_id, name: 'total', unit: 'sheets', value: 7, grade: 'A' }
    await insert(sql, 'meter', meter)
    await insert(sql, 'meter_reading', { ...meter, observed_at: at })
    await insert(sql, 'supply', { device_id, index: '1.1' })
    await insert(sql, 'supply_reading', { device_id, index: '1.1', observed_at: at })
    await insert(sql, 'tray', { device_id, index: '1.1' })
    const incident = { key: 'k', source: 'alert', severity: 'other', code: 'jam', opened_at: at }
    await insert(sql, 'incident', { device_id, ...incident })
  }
}

/** The same `sql`, which counts how many pieces of SQL are made with it. */
function counting(sql: Sql) {
  let made = 0
  const counted = new Proxy(sql, {
    apply(target, self, args) {
      made++
      return Reflect.apply(target, self, args)
    },
  })
  return { sql: counted, pieces: () => made }
}
