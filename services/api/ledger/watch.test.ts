import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { metrics } from '@opentelemetry/api'
import { readLedgerFile, verifyLedger } from '@platen/ledger'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { temporaryDirectory } from '../../../test/support/directory.ts'
import { startOwnPostgresql } from '../../../test/support/postgresql.ts'
import { testApi } from '../testing/api.ts'
import { continued, EMPTY, keysJson, mount, newKey, type TestLedger } from '../testing/ledger.ts'
import { watchLedger } from './watch.ts'

const key = newKey()
const five = continued(EMPTY, 5, { signer: key })
const ten = continued(five, 5, { signer: key })

const filesOf = ({ lines }: TestLedger, keys = keysJson(key)) => ({
  'entries.jsonl': lines.map(line => `${line}\n`).join(''),
  'keys.json': keys,
})

const WITHIN = { timeout: 20_000 }

let stack: AsyncDisposableStack
let directory: string
beforeEach(() => {
  stack = new AsyncDisposableStack()
  directory = stack.use(temporaryDirectory()).path
  return () => stack.disposeAsync()
})

/** A watch as the API process has it, under its role; gives what it logs as errors. */
function watch({ as }: TestDatabase, from = directory) {
  const errors: { msg: string; reason?: string }[] = []
  const logger = pino({ level: 'error' }, { write: line => void errors.push(JSON.parse(line)) })
  const meter = metrics.getMeter('test')
  const sql = as('platen_api')
  const watching = stack.use(watchLedger({ directory: from, sql, logger, meter, everyMs: 100 }))
  return { errors, watching }
}

async function linesOf({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`select line from residency_ledger order by position`
  return rows.map(({ line }) => line)
}

/** Waits until just these entries are written down. Says only how many there are: lines are long. */
async function written(database: TestDatabase, { lines }: TestLedger): Promise<void> {
  const isSame = async () => {
    const stored = await linesOf(database)
    return stored.join() === lines.join() ? 'the same' : `${stored.length} lines`
  }
  await expect.poll(isSame, WITHIN).toBe('the same')
}

describe('the watch over the ledger', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = stack.use(await freshDatabase())
  })

  it('writes down what is there at its start and what comes later, each entry once', async () => {
    mount(directory, filesOf(five))
    watch(database)
    await written(database, five)
    mount(directory, filesOf({ ...ten, lines: ten.lines.slice(3) }))
    await written(database, ten)
  })

  it('waits for a directory that the operator has not filled yet', async () => {
    const later = join(directory, 'later')
    const { errors } = watch(database, later)
    mkdirSync(later)
    mount(later, filesOf(five))
    await written(database, five)
    expect(errors).toEqual([])
  })

  it('side by side with others writes each entry once, in order', async () => {
    mount(directory, filesOf(ten))
    const all = [1, 2, 3].map(() => watch(database))
    await written(database, ten)
    expect(all.flatMap(({ errors }) => errors)).toEqual([])
  })

  it('refuses a fork, says so once, and goes on when the right entries are back', async () => {
    mount(directory, filesOf(five))
    const { errors } = watch(database)
    await written(database, five)
    const four = continued(EMPTY, 4, { signer: key })
    mount(directory, filesOf(continued(four, 3, { signer: key, verdict: 'violated' })))
    await expect.poll(() => errors, WITHIN).toMatchObject([{ reason: 'forked' }])
    await pause(1_000) // in which it looks ten times at what has not changed
    await written(database, five)
    mount(directory, filesOf(ten))
    await written(database, ten)
    expect(errors).toHaveLength(1)
  })

  it('refuses entries whose keys it cannot read', async () => {
    mount(directory, filesOf(five, '{'))
    const { errors } = watch(database)
    const msg = 'cannot read the keys of the residency ledger'
    await expect.poll(() => errors, WITHIN).toMatchObject([{ msg }])
    await written(database, EMPTY)
  })
})

it('goes on by itself where the database was away', async () => {
  const server = stack.use(await startOwnPostgresql())
  await server.stop()
  mount(directory, filesOf(five))
  const { errors } = watch(server.database)
  const msg = 'cannot write down the residency ledger; trying again'
  await expect.poll(() => errors[0], WITHIN).toMatchObject({ msg })
  await server.start()
  await written(server.database, five)
}, 60_000)

describe('the ledger in the database', () => {
  let database: TestDatabase
  let api: Awaited<ReturnType<typeof testApi>>
  beforeEach(async () => {
    database = stack.use(await freshDatabase())
    api = await testApi(database.as('platen_api'), { owner: database.sql })
  })
  afterEach(() => api[Symbol.asyncDispose]())

  async function store(ledger: TestLedger) {
    mount(directory, filesOf(ledger))
    watch(database)
    await written(database, ledger)
  }

  it.each([
    { how: 'update', sql: `update residency_ledger set verdict = 'verified'` },
    { how: 'delete', sql: 'delete from residency_ledger' },
    { how: 'truncate', sql: 'truncate residency_ledger' },
    { how: 'delete the keys of', sql: 'delete from residency_ledger_key' },
  ])('nobody can $how, not even its owner', async ({ sql }) => {
    await store(five)
    await expect(database.sql.unsafe(sql)).rejects.toThrow('it is append-only')
    await expect(database.as('platen_api').unsafe(sql)).rejects.toThrow('permission denied')
  })

  it('takes no line whose hash is another one', async () => {
    await expect(
      database.as('platen_api')`
        insert into residency_ledger (position, sequence, at, verdict, previous, hash, key_id, line)
        values (1, 1, now(), 'verified', '0', '0', 'k', 'x')`,
    ).rejects.toThrow('residency_ledger_check')
  })

  const get = (headers: Record<string, string>) =>
    api.server.inject({ method: 'GET', url: '/residency-ledger', headers })

  it('is exported to the byte, with its keys, in more than one piece, and verifies', async () => {
    const long = continued(EMPTY, 1_203, { signer: key })
    await store(long)
    const response = await get({ authorization: `Bearer ${api.token}` })
    expect(response.statusCode).toBe(200)
    expect(response.headers).toMatchObject({
      'content-type': 'application/jsonl',
      'content-disposition': 'attachment; filename="residency-ledger.jsonl"',
    })
    const { lines, keys, firstLine } = readLedgerFile(response.rawPayload)
    expect(lines.join() === long.lines.join()).toBe(true)
    const head = long.head?.hash ?? ''
    const { findings, entries } = verifyLedger(lines, keys, { firstLine, head })
    expect({ findings, entries }).toEqual({ findings: [], entries: 1_203 })
  })

  it('is exported also when it is empty', async () => {
    const response = await get({ authorization: `Bearer ${api.token}` })
    expect(readLedgerFile(response.rawPayload)).toEqual({
      keys: new Map(),
      lines: [],
      firstLine: 2,
    })
  })

  it.each([
    { why: 'no token', headers: {}, status: 401 },
    { why: 'a wrong token', headers: { authorization: 'Bearer wrong' }, status: 401 },
    { why: 'a browser without one', headers: { accept: 'text/html' }, status: 401 },
  ])('is exported to nobody with $why', async ({ headers, status }) => {
    await store(five)
    const response = await get(headers)
    expect(response.statusCode).toBe(status)
    expect(response.payload).not.toContain('entry')
  })

  it('says that the database is away instead of sending half a ledger', async () => {
    await database.sql.unsafe('alter table residency_ledger rename to gone')
    const response = await get({ authorization: `Bearer ${api.token}` })
    expect(response.statusCode).toBe(500)
    expect(response.json().errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR')
  })

  it('is a Relay connection, the newest first, page by page', async () => {
    await store(ten)
    const query = `query ($after: String) {
      residencyLedger(first: 4, after: $after) {
        nodes { sequence at verdict keyId hash line receivedAt }
        pageInfo { hasNextPage endCursor }
      }
    }`
    const seen: { sequence: number; line: string }[] = []
    let after: string | null = null
    for (let page = 0; page < 3; page++) {
      const { data, errors } = await api.ask(query, { after })
      expect(errors).toEqual([])
      seen.push(...data.residencyLedger.nodes)
      after = data.residencyLedger.pageInfo.endCursor
      expect(data.residencyLedger.pageInfo.hasNextPage).toBe(page < 2)
    }
    expect(seen.map(({ line }) => ten.lines.indexOf(line))).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    expect(seen[0]).toMatchObject({
      sequence: 10,
      at: '2026-11-10T00:00:00.000Z',
      verdict: 'VERIFIED',
      keyId: key.keyId,
      hash: ten.head?.hash,
    })
  })
})
