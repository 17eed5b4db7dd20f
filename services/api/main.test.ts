import { createServer } from 'node:net'
import { createApiToken } from '@platen/database'
import { expect, it } from 'vitest'
import { emptyDatabase, freshDatabase } from '../../test/support/database.ts'
import { startOwnPostgresql } from '../../test/support/postgresql.ts'
import { startProcess } from '../../test/support/process.ts'

const MAIN = 'services/api/main.ts'

it('answers whoever has a token, counts it without its words, and stops by SIGTERM', async () => {
  await using database = await freshDatabase()
  const token = await createApiToken(database.sql, 'test')
  await using api = startProcess(MAIN, {
    PLATEN_DATABASE_URL: database.urlAs('platen_api'),
    PLATEN_API_PORT: '0',
  })
  const { apiPort } = await api.logged(/^listening$/)
  const response = await fetch(`http://127.0.0.1:${apiPort}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'query Secret { sites { nodes { id } } }' }),
  })
  expect(await response.json()).toEqual({ data: { sites: { nodes: [] } } })
  expect(await api.page('/readyz')).toContain('ready')
  const metrics = await api.page('/metrics')
  expect(metrics).toMatch(
    /graphql_operation_duration_\w*count{.*graphql_operation_type="query".*} 1/,
  )
  expect(metrics).toMatch(
    /http_server_request_duration_\w*count{.*http_response_status_code="200".*} 1/,
  )
  expect(metrics).not.toContain('Secret')
  api.kill('SIGTERM')
  expect(await api.exited).toBe(0)
})

it('is not ready while the database is away, and ready again when it is back', async () => {
  await using server = await startOwnPostgresql()
  await using api = startProcess(MAIN, {
    PLATEN_DATABASE_URL: server.database.url,
    PLATEN_API_PORT: '0',
  })
  const readiness = () => api.page('/readyz')
  expect(await readiness()).toContain('[+] database ok')
  await server.stop()
  await expect.poll(readiness, { timeout: 15_000 }).toContain('[-] database not ready')
  await server.start()
  await expect.poll(readiness, { timeout: 15_000 }).toContain('[+] database ok')
}, 60_000)

it('says in one sentence that its port is in use, and exits with 1', async () => {
  await using database = await freshDatabase()
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await using api = startProcess(MAIN, {
    PLATEN_DATABASE_URL: database.url,
    PLATEN_API_PORT: String(port),
  })
  expect(await api.exited).toBe(1)
  expect((await api.logged(/^cannot start/)).msg).toBe(
    `cannot start: cannot listen: port ${port} is in use; give another one as PLATEN_API_PORT`,
  )
  other.close()
})

it.each([
  { name: 'an empty one', version: undefined, instead: 'migrate it first' },
  { name: 'a newer one', version: 1000, instead: 'run the newer Platen' },
])(
  'says in one sentence that the database is $name, and exits with 1',
  async ({ version, instead }) => {
    await using database = version === undefined ? await emptyDatabase() : await freshDatabase()
    if (version) await database.sql`insert into schema_version (version) values (${version})`
    await using api = startProcess(MAIN, {
      PLATEN_DATABASE_URL: database.url,
      PLATEN_API_PORT: '0',
    })
    expect(await api.exited).toBe(1)
    expect((await api.logged(/^cannot start/)).msg).toMatch(
      new RegExp(`^cannot start: cannot use the database: .*; ${instead}`),
    )
  },
)

it('names the setting that is missing, and exits with 2', async () => {
  await using api = startProcess(MAIN, {})
  expect(await api.exited).toBe(2)
  expect((await api.logged(/^cannot start/)).text).toBe(
    'cannot start api: PLATEN_DATABASE_URL is not set',
  )
})
