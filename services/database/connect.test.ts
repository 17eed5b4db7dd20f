import { expect, it } from 'vitest'
import { emptyDatabase } from '../../test/support/database.ts'
import { startSilentRelay } from '../../test/support/silent-relay.ts'
import { connect } from './connect.ts'
import { isOutage, isTransient } from './errors.ts'

it('reads bigint as a number where that is exact, and as a BigInt beyond', async () => {
  await using database = await emptyDatabase()

  const [row] =
    await database.sql`select 9007199254740991::bigint as exact, 9007199254740993::bigint as beyond`

  expect(row).toEqual({ exact: 9007199254740991, beyond: 9007199254740993n })
})

it('keeps values apart from text, also in fragments and identifiers', async () => {
  await using database = await emptyDatabase()
  const { sql } = database
  const quoted = `it's "quoted"; drop table x`

  const [row] =
    await sql`select ${quoted}::text as ${sql(quoted)}, ${sql`${1}::int + ${2}::int`} as sum`

  expect(row).toEqual({ [quoted]: quoted, sum: 3 })
})

it('does all of a transaction or nothing', async () => {
  await using database = await emptyDatabase()
  const { sql } = database
  await sql`create table noted (value int)`

  await expect(
    sql.begin(async tx => {
      await tx`insert into noted values (${1})`
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  await sql.begin(tx => tx.copy('noted', '2\n3\n'))

  expect(await sql`select value from noted order by value`).toEqual([{ value: 2 }, { value: 3 }])
})

it('survives backends that are killed at any moment: each transaction is done once or not at all', async () => {
  await using database = await emptyDatabase()
  const { sql } = database
  await using killer = disposable(connect(database.url, { name: 'killer', max: 1 }))
  await sql`create table noted (id int)`
  const done: number[] = []
  const errors: unknown[] = []
  let next = 0
  const lane = async () => {
    while (errors.length < 20) {
      const id = ++next
      const write = sql.begin(async tx => {
        await tx`insert into noted values (${id})`
        await tx.copy('noted', `${id}\n`)
      })
      await write.then(() => done.push(id)).catch(error => errors.push(error))
    }
  }
  const kill = async () => {
    while (errors.length < 20) {
      await killer`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = ${'platen'} and datname = current_database() order by random() limit 1`
    }
  }

  await Promise.all([lane(), lane(), lane(), kill()])

  expect(errors.filter(error => !isTransient(error))).toEqual([])
  const rows = await killer<{ id: number; count: number }[]>`
    select id, count(*)::int as count from noted group by id`
  expect(rows.filter(({ count }) => count !== 2)).toEqual([])
  expect(done.filter(id => !rows.some(row => row.id === id))).toEqual([])
})

it('gives up a database that says nothing, not even that it has cancelled a statement', async () => {
  await using database = await emptyDatabase()
  await database.sql`create table noted (id int)`
  const url = new URL(database.url)
  const path = `${url.searchParams.get('host')}/.s.PGSQL.${url.port || 5432}`
  await using relay = await startSilentRelay({ path })
  url.searchParams.set('host', '127.0.0.1')
  url.port = `${relay.port}`
  await using sql = disposable(connect(url.href, { statementMs: 100 }))
  await sql`select 1`

  relay.setSilent(true)
  const errors = await Promise.all([
    rejected(sql`select 1`),
    rejected(sql.begin(async tx => await tx`insert into noted values (1)`)),
    rejected(sql.begin(tx => tx.copy('noted', '1\n'))),
  ])
  relay.setSilent(false)

  expect(errors.map(isOutage)).toEqual([true, true, true])
  expect(await sql`select id from noted`).toEqual([])
})

it('waits for work that takes as long as it takes, and for no other', async () => {
  await using database = await emptyDatabase()
  await using sql = disposable(connect(database.url, { statementMs: 100, max: 1 }))

  await sql.begin(tx => tx.unbounded(() => tx`select pg_sleep(5.5)`))

  expect(await rejected(sql`select pg_sleep(1)`)).toMatchObject({ code: '57014' })
})

it('lets go of what a transaction has locked, when its client says nothing more', async () => {
  await using database = await emptyDatabase()
  await database.sql`create table noted (id int primary key)`
  await using silent = disposable(connect(database.url, { statementMs: 300 }))
  const [locked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const hanging = rejected(
    silent.begin(async tx => {
      await tx`insert into noted values (1)`
      locked.resolve()
      await over.promise
    }),
  )
  await locked.promise

  await database.sql`insert into noted values (1)`
  over.resolve()

  expect(isOutage(await hanging)).toBe(true)
})

it('has the server ask after a client that is gone', async () => {
  await using database = await emptyDatabase()
  await using sql = disposable(connect(database.url))

  // Their settings apply to TCP only, and show as 0 here.
  const rows = await sql`
    select name, reset_val::int as asked from pg_settings where name like 'tcp_%' order by name`

  expect(rows).toEqual([
    { name: 'tcp_keepalives_count', asked: 4 },
    { name: 'tcp_keepalives_idle', asked: 10 },
    { name: 'tcp_keepalives_interval', asked: 5 },
    { name: 'tcp_user_timeout', asked: 30_000 },
  ])
})

const rejected = (work: PromiseLike<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

function disposable(sql: ReturnType<typeof connect>) {
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end() })
}

it.each(['', 'mysql://localhost/x', 'localhost:5432'])('refuses "%s" as an address', url => {
  expect(() => connect(url)).toThrow('malformed')
})

it.each(['require', 'verify-full'])(
  'does not go without TLS where sslmode=%s asks for it',
  sslmode => {
    expect(() => connect(`postgres://platen@localhost/postgres?sslmode=${sslmode}`)).toThrow('TLS')
  },
)

it('prepares statements under names, but not without bound: each takes memory in the backend', async () => {
  await using database = await emptyDatabase()
  await database.sql.begin(async tx => {
    for (let i = 0; i < 600; i++) await tx`select ${i}::int as ${tx(`column_${i}`)}`
    const [row] = await tx`select count(*)::int as count from pg_prepared_statements`
    expect(row?.count).toBeGreaterThan(100)
    expect(row?.count).toBeLessThanOrEqual(500)
  })
})

it('calls an unreachable server a trouble that may pass', async () => {
  const sql = connect('postgres://platen@localhost/postgres?host=/nowhere')

  const error = await sql`select 1`.then(
    () => undefined,
    (reason: unknown) => reason,
  )

  expect(isTransient(error)).toBe(true)
  await sql.end()
})
