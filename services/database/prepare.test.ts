import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startBarePostgresql } from '../../test/support/postgresql.ts'
import { createApiToken, verifyApiToken } from './api-token.ts'
import { connect, type Sql } from './connect.ts'
import { prepare } from './prepare.ts'
import { PRIVILEGES, ROLES, type Role } from './privileges.ts'
import { ledgerEnd, ledgerKeys, ledgerLines, recordLedger } from './residency-ledger.ts'
import { requireSchema } from './schema-version.ts'
import { parseSites } from './site-list.ts'

/** As on a tenant's database: the owner may make roles, and is no superuser. */
const OWNER = 'tenant'

const PASSWORDS = { platen_api: 'a-1', platen_ingest: 'b_2', platen_xmpp: 'c' }

let admin: Sql
let serverUrl: string
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  const server = stack.use(await startBarePostgresql())
  serverUrl = server.url
  admin = stack.adopt(connect(server.url, { max: 1 }), sql => sql.end())
  await admin.unsafe(`create role ${OWNER} login createrole password 'owner'`)
})
afterAll(() => stack.disposeAsync())

let url: string
let sql: Sql
beforeEach(async () => {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await admin.unsafe(`create database ${name} owner ${OWNER}`)
  url = as(OWNER, 'owner', name)
  sql = connect(url, { max: 1 })
  return async () => {
    await sql.end()
    await admin.unsafe(`drop database ${name} with (force)`)
    for (const role of ROLES) await admin.unsafe(`drop role if exists ${role}`)
  }
})

function as(user: string, password: string, database = new URL(url).pathname.slice(1)): string {
  const own = new URL(serverUrl)
  Object.assign(own, { username: user, password, pathname: `/${database}` })
  return own.href
}

async function logIn(role: Role, password: string): Promise<void> {
  const login = connect(as(role, password), { max: 1 })
  try {
    await login`select 1`
  } finally {
    await login.end()
  }
}

/** What each role may do to each table, e.g. `platen_xmpp: SELECT prosody`. */
async function privileges(): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select grantee || ': ' || privilege_type || ' ' || table_name as line
    from information_schema.role_table_grants where grantee = any(${ROLES}) order by 1`
  return rows.map(({ line }) => line)
}

describe('prepare', () => {
  it('makes schema and roles that can log in, and again changes nothing', async () => {
    const version = await prepare(url, { passwords: PASSWORDS })
    const first = await privileges()
    expect(await prepare(url, { passwords: PASSWORDS })).toBe(version)
    expect(await privileges()).toEqual(first)
    for (const role of ROLES) await logIn(role, PASSWORDS[role])
    expect(first.filter(line => line.startsWith('platen_xmpp'))).toEqual(
      ['DELETE', 'INSERT', 'SELECT', 'UPDATE'].map(verb => `platen_xmpp: ${verb} prosody`),
    )
  })

  it('may run several times at once: none fails, and the result is one', async () => {
    const sites = [{ name: 'berlin', displayName: 'Berlin' }]
    const runs = Array.from({ length: 4 }, () => prepare(url, { passwords: PASSWORDS, sites }))
    expect(new Set(await Promise.all(runs)).size).toBe(1)
    expect(await sql`select key from site`).toHaveLength(1)
  })

  it('waits for a database that is away, not for ever, and not for one that says no', async () => {
    const patience = 1_500
    const nobody = new URL(url)
    nobody.port = '1'
    const started = performance.now()
    await expect(prepare(nobody.href, { passwords: PASSWORDS, patience })).rejects.toThrow('1')
    expect(performance.now() - started).toBeGreaterThan(patience)

    const own = new URL(url).pathname.slice(1)
    await admin.unsafe(`alter database ${own} connection limit 0`) // 53300: too many connections
    const prepared = prepare(url, { passwords: PASSWORDS })
    await pause(500)
    await admin.unsafe(`alter database ${own} connection limit -1`)
    expect(await prepared).toBeGreaterThan(0)

    const wrong = as(OWNER, 'not this')
    await expect(prepare(wrong, { passwords: PASSWORDS })).rejects.toThrow('password')
  })

  it('makes a newer schema ready, too, for a version that was taken back', async () => {
    await prepare(url, { passwords: PASSWORDS })
    await sql`create table tomorrow (id int)`
    await sql`insert into schema_version select max(version) + 1, 'next' from schema_version`
    const version = await prepare(url, { passwords: PASSWORDS })
    for (const role of ['platen_api', 'platen_ingest'] as const) {
      const login = connect(as(role, PASSWORDS[role]), { max: 1 })
      await requireSchema(login).finally(() => login.end())
    }
    expect(version).toBe((await sql`select from schema_version`).length - 1)
  })

  it('gives a role its new password, and the old one is worth nothing', async () => {
    await prepare(url, { passwords: PASSWORDS })
    await prepare(url, { passwords: { ...PASSWORDS, platen_api: 'other' } })
    await logIn('platen_api', 'other')
    await expect(logIn('platen_api', PASSWORDS.platen_api)).rejects.toThrow('password')
  })

  it('takes away what somebody granted besides', async () => {
    await prepare(url, { passwords: PASSWORDS })
    await sql`grant select on prosody to platen_api`
    await prepare(url, { passwords: PASSWORDS })
    expect(await privileges()).not.toContain('platen_api: SELECT prosody')
  })

  it('gives nobody but the ingest the way to make partitions, and that only of readings', async () => {
    await prepare(url, { passwords: PASSWORDS })
    const ingest = connect(as('platen_ingest', PASSWORDS.platen_ingest), { max: 1 })
    const api = connect(as('platen_api', PASSWORDS.platen_api), { max: 1 })
    try {
      const month = '2026-11-01'
      await expect(api`select make_partition('meter_reading', ${month})`).rejects.toThrow('denied')
      await expect(ingest`select make_partition('site', ${month})`).rejects.toThrow('cannot make')
      await expect(ingest`select make_partition('meter_reading', '2026-11-02')`).rejects.toThrow(
        'cannot make',
      )
      await ingest`select make_partition('meter_reading', ${month})`
      await expect(ingest`create table mine (id int)`).rejects.toThrow('denied')
    } finally {
      await ingest.end()
      await api.end()
    }
  })

  it('never sends a password to the server: its log would keep it', async () => {
    await prepare(url, { passwords: PASSWORDS })
    const rows = await admin<{ kept: string }[]>`
      select rolpassword as kept from pg_authid where rolname = any(${ROLES})`
    for (const { kept } of rows) expect(kept).toMatch(/^SCRAM-SHA-256\$4096:/)
    await expect(
      prepare(url, { passwords: { ...PASSWORDS, platen_api: 'Straße' } }),
    ).rejects.toThrow('give printable ASCII')
  })

  it('says what to do about a role that somebody else has made', async () => {
    await admin`create role platen_xmpp login`
    await expect(prepare(url, { passwords: PASSWORDS })).rejects.toThrow(
      'cannot set the password of the role platen_xmpp: somebody else has made it',
    )
  })

  it('covers every table: who adds one decides who may use it', async () => {
    await prepare(url, { passwords: PASSWORDS })
    const rows = await sql<{ name: string }[]>`
      select relname as name from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`
    const granted = Object.values(PRIVILEGES).flatMap(({ tables }) =>
      Object.values(tables).flatMap((names: string) => names.split(', ')),
    )
    expect(new Set(granted)).toEqual(new Set(rows.map(({ name }) => name)))
  })
})

describe("the platform team's token", () => {
  const [first, second] = ['1', '2'].map(digit => `platen_${digit.repeat(43)}`) as [string, string]
  const prepared = (platformToken?: string) =>
    prepare(url, { passwords: PASSWORDS, ...(platformToken && { platformToken }) })
  const nameOf = async (token: string) => (await verifyApiToken(sql, token))?.name

  it('is good from then on; a new one ends the old one, and leaves all others alone', async () => {
    await prepared(first)
    const other = await createApiToken(sql, 'service desk')
    expect(await nameOf(first)).toBe('platform')
    await prepared(second)
    expect(await nameOf(second)).toBe('platform')
    expect(await nameOf(first)).toBeUndefined()
    expect(await nameOf(other)).toBe('service desk')
  })

  it('stays the same token, by whose id what it did is known, when nothing has changed', async () => {
    await prepared(first)
    const before = await sql`select * from api_token`
    await prepared(first)
    await prepared()
    expect(await sql`select * from api_token`).toEqual(before)
    expect(before).toHaveLength(1)
  })

  it('is good again when an old Secret is put back', async () => {
    for (const token of [first, second, first]) await prepared(token)
    expect(await nameOf(first)).toBe('platform')
    expect(await nameOf(second)).toBeUndefined()
  })

  it('is refused where somebody chose one that can be guessed', async () => {
    await expect(prepared('platen_secret')).rejects.toThrow('cannot take the token platform')
  })
})

describe('the residency ledger that a restored database has', () => {
  const entryOf = (tenant: string) => {
    const line = `{"entry":{"tenant":"${tenant}"},"signature":"="}`
    const hash = createHash('sha256').update(line).digest('hex')
    const rest = { sequence: 1, at: '2026-11-29T09:00:00Z', previous: '', keyId: 'key' }
    return { ...rest, verdict: 'verified' as const, hash, line }
  }
  const record = (tenant: string) =>
    recordLedger(sql, [], () => ({
      entries: [entryOf(tenant)],
      keys: [{ id: `key of ${tenant}`, publicKey: 'PEM' }],
    }))
  const stored = async () => {
    const lines = await Array.fromAsync(ledgerLines(sql, await ledgerEnd(sql)))
    return [...lines.flat(), ...(await ledgerKeys(sql)).map(({ id }) => id)]
  }

  it("goes when it is another tenant's, and may not be changed afterwards either", async () => {
    await prepare(url, { passwords: PASSWORDS, tenant: 'acme' })
    await record('acme')
    await prepare(url, { passwords: PASSWORDS, tenant: 'umbrella' })
    expect(await stored()).toEqual([])
    await record('umbrella')
    await expect(sql`truncate residency_ledger`).rejects.toThrow('append-only')
    await expect(sql`delete from residency_ledger_key`).rejects.toThrow('append-only')
  })

  it("stays when it is the tenant's, or nobody says whose it must be", async () => {
    await prepare(url, { passwords: PASSWORDS, tenant: 'acme' })
    await record('acme')
    const before = await stored()
    expect(before).toHaveLength(2)
    await prepare(url, { passwords: PASSWORDS, tenant: 'acme' })
    await prepare(url, { passwords: PASSWORDS })
    expect(await stored()).toEqual(before)
  })
})

describe('the list of sites', () => {
  const berlin = { name: 'berlin', displayName: 'Berlin' }
  const paris = { name: 'paris', displayName: 'Paris' }
  const sitesOf = () => sql`select key, name, listed from site order by key`

  it('makes sites, renames them, and keeps and marks one that it does not name any more', async () => {
    await prepare(url, { passwords: PASSWORDS, sites: [berlin, paris] })
    const [first] = await sql<{ id: string }[]>`select id from site where key = 'berlin'`
    await prepare(url, { passwords: PASSWORDS, sites: [{ ...berlin, displayName: 'Paris' }] })
    expect(await sitesOf()).toEqual([
      { key: 'berlin', name: 'Paris', listed: true },
      { key: 'paris', name: 'Paris', listed: false },
    ])
    await prepare(url, { passwords: PASSWORDS, sites: [paris, berlin] })
    expect(await sitesOf()).toEqual([
      { key: 'berlin', name: 'Berlin', listed: true },
      { key: 'paris', name: 'Paris', listed: true },
    ])
    expect(await sql`select id from site where key = 'berlin'`).toEqual([first])
  })

  it('that is not given leaves all sites as they are; an empty one names none of them', async () => {
    await prepare(url, { passwords: PASSWORDS, sites: [berlin] })
    await prepare(url, { passwords: PASSWORDS })
    expect(await sitesOf()).toMatchObject([{ listed: true }])
    await prepare(url, { passwords: PASSWORDS, sites: [] })
    expect(await sitesOf()).toMatchObject([{ listed: false }])
  })

  it('says nothing about a site that is in no list, such as one made by hand', async () => {
    await prepare(url, { passwords: PASSWORDS })
    await sql`insert into site (name) values ('by hand')`
    await prepare(url, { passwords: PASSWORDS, sites: [berlin] })
    expect(await sitesOf()).toContainEqual({ key: null, name: 'by hand', listed: true })
  })

  it.each([
    { why: 'no JSON', json: '[', says: 'not JSON' },
    { why: 'no list', json: '{}', says: 'give a list' },
    { why: 'no texts', json: '[{"name":"a","displayName":1}]', says: 'give a list' },
    { why: 'an empty name', json: '[{"name":"a","displayName":""}]', says: 'give a list' },
    { why: 'nothing at all', json: '[null]', says: 'give a list' },
    {
      why: 'one site twice',
      json: '[{"name":"a","displayName":"A"},{"name":"a","displayName":"B"}]',
      says: '"a" is there twice',
    },
  ])('is refused with $why', ({ json, says }) => {
    expect(() => parseSites(json)).toThrow(says)
  })
})
