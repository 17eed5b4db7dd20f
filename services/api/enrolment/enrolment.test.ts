import { createPublicKey, randomBytes } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { temporaryDirectory } from '../../../test/support/directory.ts'
import { writeLicenceKey } from '../../../test/support/licence-key.ts'
import { testApi } from '../testing/api.ts'
import { insert } from '../testing/rows.ts'
import { idOf } from '../testing/site.ts'
import { readIssuer } from './issuer.ts'

const DOMAIN = 'acme.platen.example'

let database: TestDatabase
let api: Awaited<ReturnType<typeof testApi>>
let site: string
let publicKey: string
let clock = Date.now()
const log: string[] = []
const keys = temporaryDirectory()
beforeAll(async () => {
  publicKey = writeLicenceKey(keys.path)
  const issuer = readIssuer({
    xmppDomain: DOMAIN,
    xmppPort: 5223,
    certificateAuthority: undefined,
    licenceKeyDirectory: keys.path,
  })
  if (!issuer) throw new Error('there is no issuer')
  database = await freshDatabase()
  site = await insert(database.sql, 'site', { key: 'berlin', name: 'Berlin, Chausseestraße' })
  api = await testApi(database.as('platen_api'), {
    owner: database.sql,
    issuer,
    now: () => clock,
    log: { write: line => void log.push(line) },
  })
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await database?.[Symbol.asyncDispose]()
  keys[Symbol.dispose]()
})

const MUTATION = `mutation ($input: CreateEnrolmentCodeInput!) {
  createEnrolmentCode(input: $input) { code expiresAt site { id key name } }
}`

const create = (input: object) => api.ask(MUTATION, { input })

async function makeCode(): Promise<string> {
  const { data, errors } = await create({ site: 'berlin' })
  expect(errors).toEqual([])
  return data.createEnrolmentCode.code
}

const makePassword = () => randomBytes(32).toString('base64url')

function enrol(payload: object | string, headers = { 'content-type': 'application/json' }) {
  clock += 1000 // the limit by the second has its own test
  return api.server.inject({ method: 'POST', url: '/enrol', headers, payload })
}

async function refusal(payload: object | string) {
  const response = await enrol(payload)
  const [error] = response.json().errors
  return { status: response.statusCode, code: error.extensions.code, message: error.message }
}

describe('createEnrolmentCode', () => {
  it.each([
    { by: 'its key', named: () => 'berlin' },
    { by: 'its id', named: () => idOf('Site', site) },
  ])('makes a code for a site, named by $by', async ({ named }) => {
    const { data, errors } = await create({ site: named() })
    expect(errors).toEqual([])
    expect(data.createEnrolmentCode).toEqual({
      code: expect.stringMatching(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/),
      expiresAt: expect.any(String),
      site: { id: idOf('Site', site), key: 'berlin', name: 'Berlin, Chausseestraße' },
    })
    const hours = (Date.parse(data.createEnrolmentCode.expiresAt) - Date.now()) / 3_600_000
    expect(Math.round(hours)).toBe(24)
  })

  it('keeps whose token made it', async () => {
    await makeCode()
    const rows = await database.sql`
      select t.name from enrolment_code c join api_token t on t.id = c.created_by
      order by c.created_at desc limit 1`
    expect(rows).toEqual([{ name: 'test' }])
  })

  it('can be asked for a week, and for no longer', async () => {
    const { data } = await create({ site: 'berlin', expiresInHours: 168 })
    const hours = (Date.parse(data.createEnrolmentCode.expiresAt) - Date.now()) / 3_600_000
    expect(Math.round(hours)).toBe(168)
    for (const expiresInHours of [0, -1, 169]) {
      expect((await create({ site: 'berlin', expiresInHours })).errors).toEqual([
        {
          code: 'BAD_USER_INPUT',
          message: 'cannot make the code: give 1 to 168 as expiresInHours',
        },
      ])
    }
  })

  it.each([
    { why: 'that is in no list', named: 'paris' },
    { why: 'that is gone', named: idOf('Site', crypto.randomUUID()) },
    { why: 'that is something else', named: idOf('Device', crypto.randomUUID()) },
    { why: 'without a name', named: '' },
  ])('says that it does not know a site $why', async ({ named }) => {
    expect((await create({ site: named })).errors).toEqual([
      { code: 'UNKNOWN_SITE', message: expect.stringContaining('give the key or the id') },
    ])
  })

  it('makes none where nobody could use it', async () => {
    await using closed = await testApi(database.as('platen_api'), { owner: database.sql })
    const { errors } = await closed.ask(MUTATION, { input: { site: 'berlin' } })
    expect(errors).toMatchObject([{ code: 'ENROLMENT_OFF' }])
    const response = await closed.server.inject({ method: 'POST', url: '/enrol', payload: {} })
    expect(response.statusCode).toBe(404)
  })

  it('is not for those who have no token, nor by GET', async () => {
    const query = { query: MUTATION, variables: '{"input":{"site":"berlin"}}' }
    expect((await api.server.inject({ url: '/graphql', query })).statusCode).toBe(401)
    const headers = { authorization: `Bearer ${api.token}` }
    expect((await api.server.inject({ url: '/graphql', query, headers })).statusCode).toBe(405)
  })
})

it('revokeEnrolmentCode ends a code, once', async () => {
  const code = await makeCode()
  const revoke = async () => {
    const { data, errors } = await api.ask(
      'mutation ($code: String!) { revokeEnrolmentCode(input: { code: $code }) { revoked } }',
      { code },
    )
    expect(errors).toEqual([])
    return data.revokeEnrolmentCode.revoked
  }
  expect(await revoke()).toBe(true)
  expect(await revoke()).toBe(false)
  expect(await refusal({ code, password: makePassword() })).toMatchObject({ code: 'CODE_EXPIRED' })
})

describe('POST /enrol', () => {
  it('gives an account, where it is good for, and a licence that anyone can verify', async () => {
    const response = await enrol({ code: await makeCode(), password: makePassword() })
    expect(response.statusCode).toBe(200)
    expect(response.headers['cache-control']).toBe('no-store')
    const answer = response.json()
    expect(answer).toEqual({
      user: expect.stringMatching(/^berlin-[0-9a-f]{10}$/),
      domain: DOMAIN,
      xmppPort: 5223,
      certificateAuthority: null,
      licence: expect.any(String),
      licencePublicKey: publicKey,
    })
    const { payload } = await jwtVerify(answer.licence, createPublicKey(publicKey))
    expect(payload).toMatchObject({ iss: DOMAIN, sub: answer.user, site: 'berlin' })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(90 * 86_400)
    expect(decodeProtectedHeader(answer.licence)).toMatchObject({ alg: 'EdDSA', typ: 'JWT' })
    const { data } = await api.ask('{ monitors { nodes { name site { key } } } }')
    expect(data.monitors.nodes).toContainEqual({ name: answer.user, site: { key: 'berlin' } })
  })

  it('gives the same account to who asks again because the answer was lost', async () => {
    const request = { code: await makeCode(), password: makePassword() }
    const [first, second] = [await enrol(request), await enrol(request)]
    expect(second.statusCode).toBe(200)
    expect(second.json().user).toBe(first.json().user)
  })

  it('refuses a code that another monitor has used', async () => {
    const code = await makeCode()
    await enrol({ code, password: makePassword() })
    expect(await refusal({ code, password: makePassword() })).toEqual({
      status: 410,
      code: 'CODE_USED',
      message: 'cannot enrol: another monitor has used the code; ask for a new one',
    })
  })

  it('refuses one that has expired', async () => {
    const code = await makeCode()
    await database.sql`update enrolment_code set expires_at = now() where used_at is null`
    expect(await refusal({ code, password: makePassword() })).toMatchObject({
      status: 410,
      code: 'CODE_EXPIRED',
    })
  })

  it('refuses one that nobody made, whatever it looks like', async () => {
    for (const code of [
      '0000-0000-0000-0000-0000-0000-0000',
      "'; drop table site; --",
      '\0',
      'ü',
    ]) {
      expect(await refusal({ code, password: makePassword() })).toMatchObject({
        status: 403,
        code: 'CODE_UNKNOWN',
      })
    }
  })

  it.each([
    { why: 'no password', payload: { code: 'x' } },
    { why: 'a password that could be guessed', payload: { code: 'x', password: 'correct horse' } },
    { why: 'no code', payload: { password: makePassword() } },
    { why: 'an endless code', payload: { code: 'x'.repeat(101), password: makePassword() } },
    { why: 'no object', payload: '[]' },
    { why: 'no JSON', payload: '{' },
  ])('refuses $why as a wrong request', async ({ payload }) => {
    expect(await refusal(payload)).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
  })

  it('refuses what is larger than any request, and what is no JSON', async () => {
    const code = 'x'.repeat(5000)
    expect((await enrol({ code, password: makePassword() })).statusCode).toBe(413)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await enrol('code=x', form)).statusCode).toBe(415)
    expect((await api.server.inject({ url: '/enrol' })).statusCode).toBe(404)
  })

  it('looks up no more than twenty a second, whoever guesses', async () => {
    clock += 1000
    const guess = () => ({
      method: 'POST' as const,
      url: '/enrol',
      payload: { code: randomBytes(9).toString('hex'), password: makePassword() },
    })
    const flood = await Promise.all(Array.from({ length: 50 }, () => api.server.inject(guess())))
    const statuses = flood.map(({ statusCode }) => statusCode)
    expect(statuses.filter(status => status === 403)).toHaveLength(20)
    expect(statuses.filter(status => status === 429)).toHaveLength(30)
    const refused = await api.server.inject(guess())
    expect(refused.headers['retry-after']).toBe('1')
    expect(refused.json().errors[0].extensions.code).toBe('TOO_MANY_REQUESTS')
  })

  it('leaves a code good when it could not be used', async () => {
    const code = await makeCode()
    await database.sql`revoke execute on function enrol from platen_api`
    const password = makePassword()
    expect(await refusal({ code, password })).toMatchObject({
      status: 500,
      code: 'INTERNAL_SERVER_ERROR',
    })
    await database.sql`grant execute on function enrol to platen_api`
    expect((await enrol({ code, password })).statusCode).toBe(200)
  })

  it('puts no code, password, name or address into the log', async () => {
    log.length = 0
    const request = { code: await makeCode(), password: makePassword() }
    const { user } = (await enrol(request)).json()
    await enrol({ ...request, password: makePassword() })
    await enrol({ code: 'GUESSED', password: makePassword() })
    expect(log.map(line => JSON.parse(line).msg)).toEqual(['a monitor was enrolled'])
    for (const secret of [request.code, request.password, user, 'GUESSED', 'berlin', '127.0.0.1']) {
      expect(log.join()).not.toContain(secret)
    }
  })
})
