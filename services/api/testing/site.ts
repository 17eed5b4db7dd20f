import { ensurePartitions } from '@platen/database'
import { expect } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { testApi } from './api.ts'
import { addSite } from './rows.ts'

/** The id of an object, as the API writes it. */
export const idOf = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64url')

/** The API on a database of its own, which has the site Berlin and takes readings of the autumn of 2026. */
export async function startWithSite() {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase())
  const api = stack.use(await testApi(database.as('platen_api'), { owner: database.sql }))
  const site = await addSite(database.sql, 'Berlin')
  await ensurePartitions(database.sql, ['2026-09', '2026-10', '2026-11'])
  const all = stack.move()
  return {
    api,
    site,
    sql: database.sql,
    /** What the API says about a device, which a query selects by the fragment's fields. */
    async askDevice(device: string, fields: string, variables: object = {}) {
      const names = Object.keys(variables).map(name => `, $${name}: String`)
      const query = `query ($id: ID!${names.join('')}) { device(id: $id) { ${fields} } }`
      const { data, errors } = await api.ask(query, { id: idOf('Device', device), ...variables })
      expect(errors).toEqual([])
      return data.device
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
