import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { createMonitor, createSite, setMonitorPassword } from './accounts.ts'
import type { Sql } from './connect.ts'

const account = { name: 'north', host: 'platen.localhost', password: 'correct horse' }

/** Prosody's rows of the account north. */
async function rowsOfNorth(sql: Sql) {
  return sql<{ key: string; type: string; value: string }[]>`
    select key, type, value from prosody
    where "user" = 'north' and host = 'platen.localhost' and store = 'accounts' order by key`
}

/** Whether a server that reads these rows lets the password in by SCRAM-SHA-1: RFC 5802, section 3. */
function letsIn(rows: { key: string; value: string }[], password: string): boolean {
  const value = (key: string) => rows.find(row => row.key === key)?.value ?? ''
  const salted = pbkdf2Sync(password, value('salt'), Number(value('iteration_count')), 20, 'sha1')
  const clientKey = createHmac('sha1', salted).update('Client Key').digest()
  return createHash('sha1').update(clientKey).digest('hex') === value('stored_key')
}

it('makes a monitor that can log in: four rows in the form that Prosody reads', async () => {
  await using database = await freshDatabase()
  const site = await createSite(database.sql, 'Head office')

  await createMonitor(database.sql, { ...account, site })

  const rows = await rowsOfNorth(database.sql)
  expect(rows.map(({ key, type }) => `${key} ${type}`)).toEqual([
    'iteration_count number',
    'salt string',
    'server_key string',
    'stored_key string',
  ])
  expect(letsIn(rows, 'correct horse')).toBe(true)
  expect(letsIn(rows, 'wrong horse')).toBe(false)
})

it('makes sites and monitors once, however often it is asked', async () => {
  await using database = await freshDatabase()
  const site = await createSite(database.sql, 'Head office')
  const monitor = await createMonitor(database.sql, { ...account, site })

  expect(await createSite(database.sql, 'Head office')).toBe(site)
  expect(await createMonitor(database.sql, { ...account, site })).toBe(monitor)

  expect(await rowsOfNorth(database.sql)).toHaveLength(4)
})

it('gives a monitor another password, and the old one lets nobody in any more', async () => {
  await using database = await freshDatabase()
  const site = await createSite(database.sql, 'Head office')
  await createMonitor(database.sql, { ...account, site })

  await setMonitorPassword(database.sql, { ...account, password: 'battery staple' })

  const rows = await rowsOfNorth(database.sql)
  expect(letsIn(rows, 'battery staple')).toBe(true)
  expect(letsIn(rows, 'correct horse')).toBe(false)
})

it('gives no password to a monitor that does not exist', async () => {
  await using database = await freshDatabase()

  await expect(setMonitorPassword(database.sql, account)).rejects.toThrow('no monitor')
})
