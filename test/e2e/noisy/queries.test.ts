import { createServer } from '@platen/api'
import { createApiToken } from '@platen/database'
import { startTelemetry } from '@platen/telemetry'
import { expect, it } from 'vitest'
import { freshDatabase } from '../../support/database.ts'
import { HEAVY, QUERIES, TOO_MUCH } from './queries.ts'

it('asks for nearly as much as the API answers, and for more', async () => {
  await using database = await freshDatabase()
  const { logger, tracer, meter } = await startTelemetry({ service: 'test', level: 'fatal' })
  const server = createServer({ sql: database.sql, logger, tracer, meter })
  const token = await createApiToken(database.sql, 'test')
  const ask = async (query: string) => {
    const headers = { authorization: `Bearer ${token}` }
    const request = { method: 'POST', url: '/graphql', headers, payload: { query } } as const
    const { errors = [] } = (await server.inject(request)).json()
    return errors.map(({ message }: { message: string }) => message)
  }

  const tooMuch = [expect.stringContaining('ask for smaller pages')]
  for (const query of new Set(QUERIES)) {
    expect(await ask(query)).toEqual(query === TOO_MUCH ? tooMuch : [])
  }
  expect(await ask(HEAVY.replace('first: 70', 'first: 80'))).toEqual(tooMuch)
  await server.close()
})
