import { once } from 'node:events'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type Run, template } from './query.ts'
import { impatientSockets, patiently } from './silence.ts'

export type { Query } from './query.ts'

type Template = ReturnType<typeof template>

/** A pool of connections: a template runs on any of them. */
export interface Sql extends Template {
  /** Runs `work` inside a transaction on one connection: commits what it did, or rolls back if it throws. */
  begin<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>
  /** Closes the connections after what they are doing. */
  end(): Promise<void>
}

/** One connection inside a transaction. */
export interface Transaction extends Template {
  /** Loads rows in COPY's text format: values apart by tabs, rows by newlines, \N is null. */
  copy(target: string, rows: string): Promise<void>
  /** Does `work`, each statement of which may take as long as it takes, whatever `statementMs` says. */
  unbounded<Result>(work: () => PromiseLike<Result>): Promise<Result>
}

export interface ConnectOptions {
  /** Shown in pg_stat_activity. */
  name?: string
  /** Most connections at a time, 4 by default. */
  max?: number
  /**
   * Milliseconds that a statement may take before the database cancels it, and that a transaction may wait for the next
   * one before the database ends it; no bounds by default. A database that does not say even that is away: its
   * connection is given up {@link SILENT_MS} later.
   */
  statementMs?: number
}

const CONNECT_SECONDS = 10
const SILENT_MS = 5_000
/** After so long an idle connection is closed. */
const IDLE_MS = 10_000
/** After so long without a word each side asks whether the other one is still there. */
const KEEP_ALIVE_SECONDS = 10

/**
 * Who is gone without a word (a host without power) is known to be after half a minute. By itself PostgreSQL keeps the
 * locks of such a transaction for the two hours of Linux's tcp_keepalive_time.
 */
const SERVER_KEEP_ALIVE = [
  `-c tcp_keepalives_idle=${KEEP_ALIVE_SECONDS}`,
  '-c tcp_keepalives_interval=5',
  '-c tcp_keepalives_count=4',
  '-c tcp_user_timeout=30000',
].join(' ')

// int8 and numeric sums: every figure of a report fits a number; a sum over many may not, and is then a BigInt.
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, text => {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
})

/**
 * Connects lazily to `url`: `postgres://user:password@host:5432/database` for TCP, or
 * `postgres://user:password@localhost/database?host=/directory` for a unix socket. A connection that was lost is
 * replaced; what it was doing fails. There is no TLS yet: a URL with `sslmode` other than `disable` is refused.
 */
export function connect(url: string, options: ConnectOptions = {}): Sql {
  const pool = new pg.Pool({
    ...address(url),
    max: options.max ?? 4,
    connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    application_name: options.name ?? 'platen',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_SECONDS * 1000,
    options: SERVER_KEEP_ALIVE,
    ...bounds(options.statementMs),
    types,
  })
  // A lost connection fails the query it was running; idle ones are replaced when needed. Nobody else need know.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return Object.assign(
    template(statement => run(pool, statement)),
    {
      begin: <Result>(work: (tx: Transaction) => Promise<Result>) => begin(pool, work),
      end: () => pool.end(),
    },
  )
}

function bounds(statementMs: number | undefined): pg.PoolConfig {
  if (statementMs === undefined) return {}
  return {
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: statementMs,
    // Sooner than its silence counts: nothing is asked of it.
    idleTimeoutMillis: Math.min(IDLE_MS, statementMs),
    stream: impatientSockets(statementMs + SILENT_MS),
  }
}

/** WHATWG URLs allow no user without a host, libpq's do: a stand-in host takes the empty one's place. */
function address(text: string): pg.ClientConfig {
  const url = URL.parse(text.replace(/^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)(?=[/?])/, '$1localhost'))
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new Error(
      'cannot connect to the database: its URL is malformed; give postgres://USER:PASSWORD@HOST/DATABASE',
    )
  }
  const sslmode = url.searchParams.get('sslmode') ?? 'disable'
  if (sslmode !== 'disable') {
    throw new Error(
      `cannot connect to the database: its URL asks for TLS (sslmode=${sslmode}), which is not there yet; leave sslmode out and keep the connection inside one host or a private network`,
    )
  }
  return {
    host: url.searchParams.get('host') ?? url.hostname,
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    user: decodeURIComponent(url.username) || 'postgres',
    password: decodeURIComponent(url.password),
  }
}

async function begin<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(transaction(client))
    await client.query('commit')
    return result
  } catch (error) {
    // A connection on which not even ROLLBACK works is thrown away, and its transaction with it.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

function transaction(client: pg.PoolClient): Transaction {
  return Object.assign(
    template(statement => run(client, statement)),
    {
      async copy(target: string, rows: string) {
        const stream = client.query(copyFrom(`copy ${target} from stdin`))
        stream.end(rows)
        await once(stream, 'finish')
      },
      unbounded: <Result>(work: () => PromiseLike<Result>) =>
        patiently(client.connection.stream, async () => {
          await client.query('set local statement_timeout = 0')
          return await work()
        }),
    },
  )
}

/**
 * Statements with values are prepared once a connection, under a name of their own: the first ones, which are those of
 * every day. The API can be asked for tens of thousands of texts, and each takes memory in every backend.
 */
const names = new Map<string, string>()
const MOST_NAMES = 500

const run = async (
  client: pg.Pool | pg.PoolClient,
  { text, values }: Parameters<Run>[0],
): Promise<object[]> => {
  if (values.length === 0) return rowsOf(await client.query(text))
  const name = nameOf(text)
  return (await client.query({ ...(name && { name }), text, values })).rows
}

function nameOf(text: string): string | undefined {
  if (!names.has(text) && names.size < MOST_NAMES) names.set(text, `platen_${names.size}`)
  return names.get(text)
}

/** Several statements in one text give an array of results: the last one counts. */
function rowsOf(result: pg.QueryResult | pg.QueryResult[]): object[] {
  return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
}
