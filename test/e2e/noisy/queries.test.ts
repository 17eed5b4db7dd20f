import { expect, it } from 'vitest'
import { testApi } from '../../../services/api/testing/api.ts'
import { freshDatabase } from '../../support/database.ts'
import { HEAVY, QUERIES, TOO_MUCH } from './queries.ts'

it('asks for nearly as much as the API answers, and for more', async () => {
  await using database = await freshDatabase()
  await using api = await testApi(database.sql)
  for (const query of new Set(QUERIES)) {
    const { errors } = await api.ask(query)
    expect(errors.map(({ message }) => message)).toEqual(
      query === TOO_MUCH ? [expect.stringContaining('ask for smaller pages')] : [],
    )
  }
  const { errors } = await api.ask(HEAVY.replace('first: 70', 'first: 80'))
  expect(errors, 'a little more').toHaveLength(1)
})
