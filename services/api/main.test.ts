import { once } from 'node:events'
import { get } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createApiToken } from '@platen/database'
import { expect, it } from 'vitest'
import { serverCertificate } from '../../test/support/certificate.ts'
import { emptyDatabase, freshDatabase } from '../../test/support/database.ts'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { startOwnPostgresql } from '../../test/support/postgresql.ts'
import { startProcess } from '../../test/support/process.ts'
import { continued, EMPTY, keysJson, mount, newKey } from './testing/ledger.ts'

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

const WITHIN = { timeout: 30_000 }

it('serves TLS with its own certificate, and writes down the ledger that lies in its directory', async () => {
  await using database = await freshDatabase()
  using directory = temporaryDirectory()
  const token = await createApiToken(database.sql, 'test')
  const { cert, key } = serverCertificate('localhost')
  const signer = newKey()
  const { lines } = continued(EMPTY, 3, { signer })
  mount(directory.path, {
    'entries.jsonl': `${lines.join('\n')}\n`,
    'keys.json': keysJson(signer),
    'tls.crt': cert,
    'tls.key': key,
  })
  await using api = startProcess(MAIN, {
    PLATEN_DATABASE_URL: database.urlAs('platen_api'),
    PLATEN_API_PORT: '0',
    PLATEN_API_TLS_CERTIFICATE: join(directory.path, 'tls.crt'),
    PLATEN_API_TLS_KEY: join(directory.path, 'tls.key'),
    PLATEN_LEDGER_DIRECTORY: directory.path,
  })
  const { apiPort } = await api.logged(/^listening$/, 60)
  await expect.poll(() => api.page('/metrics'), WITHIN).toMatch(/^platen_ledger_entries_total 3$/m)
  const options = { port: Number(apiPort), path: '/residency-ledger', ca: cert }
  const headers = { authorization: `Bearer ${token}` }
  const asked = get({ host: 'localhost', headers, ...options })
  const [response] = await once(asked, 'response')
  expect((await text(response)).split('\n').slice(1, -1)).toEqual(lines)
  await expect(once(get({ host: '127.0.0.1', ...options }), 'response')).rejects.toThrow(/altnames/)
}, 90_000)

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
  { name: 'a newer one', version: 1000, instead: 'run a newer Platen' },
])(
  'says in one sentence that the database is $name, and exits with 1',
  async ({ version, instead }) => {
    await using database = version === undefined ? await emptyDatabase() : await freshDatabase()
    if (version) {
      await database.sql`insert into schema_version (version) values (${version})`
      await database.sql`update schema_compatibility set oldest = ${version}`
    }
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
