import { gunzipSync } from 'node:zlib'
import { connect, createApiToken } from '@platen/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../test/support/database.ts'
import { startOwnPostgresql } from '../../test/support/postgresql.ts'
import { testApi } from './testing/api.ts'
import { addSite, insert } from './testing/rows.ts'

let database: TestDatabase
let api: Awaited<ReturnType<typeof testApi>>
let clock = Date.now()
beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database.as('platen_api'), { owner: database.sql, now: () => clock })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const QUERY = { query: '{ sites { nodes { id } } }' }

function post(authorization: string | undefined, payload: string | object = QUERY) {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) }
  return api.server.inject({ method: 'POST', url: '/graphql', headers, payload })
}

describe('a token', () => {
  it('that is good lets in', async () => {
    const response = await post(`Bearer ${api.token}`)
    expect(response.statusCode).toBe(200)
    expect(response.json()).toEqual({ data: { sites: { nodes: [] } } })
  })

  it.each([
    { name: 'missing', header: undefined, challenge: 'Bearer realm="platen"' },
    { name: 'of another scheme', header: 'Basic cGxhdGVu', challenge: 'Bearer realm="platen"' },
    { name: 'empty', header: 'Bearer ', challenge: 'Bearer realm="platen"' },
    {
      name: 'wrong',
      header: 'Bearer wrong',
      challenge: 'Bearer realm="platen", error="invalid_token"',
    },
  ])('that is $name is refused, with what to send instead', async ({ header, challenge }) => {
    const response = await post(header)
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toBe(challenge)
    expect(response.json().errors).toEqual([
      {
        message: expect.stringContaining('send the header "Authorization: Bearer TOKEN"'),
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ])
  })

  it('that has expired is refused', async () => {
    const token = await createApiToken(database.sql, 'old')
    await database.sql`update api_token set expires_at = now() - interval '1 second' where name = 'old'`
    expect((await post(`Bearer ${token}`)).statusCode).toBe(401)
  })

  it('that was revoked is refused within ten seconds, also where it was good just now', async () => {
    const token = await createApiToken(database.sql, 'lost')
    expect((await post(`Bearer ${token}`)).statusCode).toBe(200)
    await database.sql`update api_token set revoked_at = now() where name = 'lost'`
    clock += 10_000
    expect((await post(`Bearer ${token}`)).statusCode).toBe(401)
  })

  it('that is bad, in masses, does not occupy the database; who was let in before still is', async () => {
    const late = await createApiToken(database.sql, 'late')
    clock += 20_000
    expect((await post(`Bearer ${api.token}`)).statusCode).toBe(200)
    const flood = await Promise.all(Array.from({ length: 80 }, (_, i) => post(`Bearer bad${i}`)))
    const statuses = flood.map(({ statusCode }) => statusCode)
    expect(statuses.filter(status => status === 401)).toHaveLength(50)
    expect(statuses.filter(status => status === 429)).toHaveLength(30)
    const refused = await post(`Bearer ${late}`)
    expect(refused.headers['retry-after']).toBe('1')
    expect(refused.json().errors[0].extensions.code).toBe('TOO_MANY_REQUESTS')
    expect((await post(`Bearer ${api.token}`)).statusCode).toBe(200)
    clock += 1000
    expect((await post(`Bearer ${late}`)).statusCode).toBe(200)
  })

  it('is needed for introspection too, and enough for it', async () => {
    const introspection = { query: '{ __schema { queryType { name } } }' }
    expect((await post(undefined, introspection)).statusCode).toBe(401)
    expect((await api.ask(introspection.query)).data.__schema.queryType.name).toBe('Query')
  })

  it('is needed for a query by GET, whatever else the caller accepts', async () => {
    const get = (headers: Record<string, string>) =>
      api.server.inject({ url: '/graphql', query: QUERY, headers })
    expect((await get({})).statusCode).toBe(401)
    expect((await get({ authorization: `Bearer ${api.token}` })).json().data).toEqual({
      sites: { nodes: [] },
    })
    expect((await get({ accept: 'text/html' })).headers['content-type']).toContain('text/html')
  })
})

it('that asks for more than the API may compute is told when to come again', async () => {
  const retryAfterMs = 7_300
  const turns = { take: async () => ({ retryAfterMs }) }
  await using busy = await testApi(database.as('platen_api'), { owner: database.sql, turns })
  const headers = { authorization: `Bearer ${busy.token}` }
  const refused = await busy.server.inject({ url: '/graphql', query: QUERY, headers })
  expect(refused.statusCode).toBe(429)
  expect(refused.headers['retry-after']).toBe('8')
  expect(refused.json().errors).toEqual([
    {
      message: expect.stringContaining('ask for less, or again in 8 s'),
      extensions: { code: 'TOO_MANY_REQUESTS' },
    },
  ])
})

describe('GraphiQL', () => {
  it('opens in a browser without a token and says where to put it', async () => {
    const page = await openPage()
    expect(page).toContain('{"Authorization": "Bearer TOKEN"}'.replaceAll('"', '\\"'))
  })

  it('needs nothing from the internet, and the browser would not let it', async () => {
    const response = await api.server.inject({ url: '/graphql', headers: { accept: 'text/html' } })
    expect(response.headers['content-security-policy']).toMatch(
      /default-src 'none'.*connect-src 'self' blob:/,
    )
    expect(await openPage()).not.toMatch(/<(script|link|img)[^>]+(src|href)="?https?:/)
  })

  async function openPage() {
    const response = await api.server.inject({ url: '/graphql', headers: { accept: 'text/html' } })
    expect(response.statusCode).toBe(200)
    return gunzipSync(response.rawPayload).toString()
  }
})

describe('a query out of bounds is refused', () => {
  const deep = 'device { incidents { nodes { '.repeat(5)
  it.each([
    {
      name: 'too deep',
      query: `{ incidents { nodes { ${deep} id ${' } } }'.repeat(5)} } } }`,
      why: 'levels deep, at most 12',
    },
    {
      name: 'too many items',
      query:
        '{ devices(first: 200) { nodes { meterReadings(name: TOTAL, first: 200) { nodes { value unit } } } } }',
      why: 'at most 100000',
    },
    {
      name: 'too many fields',
      query: `{ ${'sites { nodes { id name createdAt } } '.repeat(120)} }`,
      why: 'at most 500',
    },
    { name: 'too many aliases', query: `{ ${aliases(51)} }`, why: 'more than 50 aliases' },
    {
      name: 'aliased introspection',
      query: `{ ${aliases(51, '__schema { types { name } }')} }`,
      why: 'more than 50 aliases',
    },
    { name: 'too many tokens', query: `{ ${'__typename '.repeat(4100)} }`, why: '4000 tokens' },
  ])('$name', async ({ query, why }) => {
    const { data, errors } = await api.ask(query)
    expect(data ?? null).toBeNull()
    expect(errors.map(error => error.message)).toEqual([expect.stringContaining(why)])
  })

  it('only where it is out of them', async () => {
    expect((await api.ask(`{ ${aliases(50, '__typename')} }`)).errors).toEqual([])
  })

  it('several in one request', async () => {
    const response = await post(`Bearer ${api.token}`, [QUERY, QUERY])
    expect(response.statusCode).toBe(400)
    expect(response.json().errors).toHaveLength(1)
  })

  it('a body of more than 64 KiB', async () => {
    const response = await post(`Bearer ${api.token}`, {
      query: `#${'x'.repeat(64 * 1024)}\n${QUERY.query}`,
    })
    expect(response.statusCode).toBe(413)
    expect(response.json().errors[0].message).toContain('too large')
  })

  it('a body that is no JSON, or of another kind', async () => {
    expect((await post(`Bearer ${api.token}`, '{')).statusCode).toBe(400)
    const headers = {
      authorization: `Bearer ${api.token}`,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const form = await api.server.inject({
      method: 'POST',
      url: '/graphql',
      headers,
      payload: 'query={sites{nodes{id}}}',
    })
    expect(form.statusCode).toBe(415)
  })

  function aliases(count: number, field = 'sites { nodes { id } }') {
    return Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ')
  }
})

describe('what fails', () => {
  it('inside tells the caller nothing of it, and the log only where', async () => {
    await using own = await freshDatabase()
    const { addDevice } = await addSite(own.sql, 'Berlin')
    await addDevice({ serial: 'SECRET-1' })
    await own.sql`drop table tray`
    const log: string[] = []
    await using broken = await testApi(own.sql, { log: { write: line => void log.push(line) } })
    const { data, errors } = await broken.ask('{ devices { nodes { serial trays { level } } } }')
    expect(data).toBeNull()
    expect(errors).toEqual([
      {
        code: 'INTERNAL_SERVER_ERROR',
        message: 'The answer failed, and the reason is in the log.',
      },
    ])
    const lines = log.filter(line => line.includes('cannot answer'))
    expect(lines.map(line => JSON.parse(line).code)).toEqual(['42P01'])
    expect(log.join()).not.toMatch(/SECRET-1|select|serial/)
  })

  it('because of a value in the database that the schema does not know is not the caller’s mistake', async () => {
    await using own = await freshDatabase()
    const { addDevice } = await addSite(own.sql, 'Berlin')
    const incident = { source: 'SECRET-2', severity: 'other', code: 'jam', opened_at: '2026-11-01' }
    await insert(own.sql, 'incident', { device_id: await addDevice(), key: 'k', ...incident })
    await using broken = await testApi(own.sql)
    const { errors } = await broken.ask('{ incidents { nodes { source } } }')
    expect(errors).toEqual([
      { code: 'INTERNAL_SERVER_ERROR', message: expect.not.stringContaining('SECRET-2') },
    ])
  })

  it('by taking too long says so', async () => {
    await using own = await freshDatabase()
    const impatient = connect(own.url, { statementMs: 200 })
    await using slow = await testApi(impatient)
    const { errors } = await own.sql.begin(async tx => {
      await tx`lock table device in access exclusive mode`
      return slow.ask('{ devices { nodes { id } } }')
    })
    expect(errors).toEqual([{ code: 'TIMEOUT', message: expect.stringContaining('ask for less') }])
    await impatient.end()
  })

  it('because the database is away says to try again, whether the token must be looked up or not', async () => {
    await using server = await startOwnPostgresql()
    await using own = await testApi(server.database.sql)
    const unknown = await createApiToken(server.database.sql, 'not seen yet')
    expect((await own.ask(QUERY.query)).errors).toEqual([])
    await server.stop()
    const response = await own.server.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${unknown}` },
      payload: QUERY,
    })
    expect(response.statusCode).toBe(503)
    expect(response.json().errors[0].extensions.code).toBe('UNAVAILABLE')
    const message = expect.stringContaining('try again later')
    expect((await own.ask(QUERY.query)).errors).toEqual([{ code: 'UNAVAILABLE', message }])
  })

  it('because there is no such page is told in the same form', async () => {
    const response = await api.server.inject({ url: '/' })
    expect(response.statusCode).toBe(404)
    expect(response.json().errors[0].message).toContain('/graphql')
  })
})
