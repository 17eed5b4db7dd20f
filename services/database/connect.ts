import { connect as connectSocket, type Socket } from 'node:net'
import postgres from 'postgres'

/** A pool of connections; `bigint` columns are read as numbers, as BigInt beyond 2^53 - 1. */
export type Sql = postgres.Sql<{ bigint: number | bigint }>
/** One connection inside a transaction. */
export type Transaction = postgres.TransactionSql<{ bigint: number | bigint }>

export interface ConnectOptions {
  /** Shown in pg_stat_activity. */
  name?: string
  /** Most connections at a time, 4 by default. */
  connections?: number
}

const CONNECT_SECONDS = 10

/** int8 (object identifier 20): every figure of a report fits a number; a sum over many may not. */
const bigint = {
  to: 20,
  from: [20],
  serialize: (value: number | bigint) => String(value),
  parse: (text: string) => {
    const number = Number(text)
    return Number.isSafeInteger(number) ? number : BigInt(text)
  },
}

/**
 * Connects lazily to `url`: `postgres://user:password@host:5432/database` for TCP, or
 * `postgres://user:password@/database?host=/directory` for a unix socket. TCP sockets send at once (TCP_NODELAY): with
 * Nagle's algorithm a COPY of many small batches is twenty times slower.
 */
export function connect(url: string, options: ConnectOptions = {}): Sql {
  const { directory, ...address } = parseUrl(url)
  return postgres({
    ...address,
    max: options.connections ?? 4,
    connect_timeout: CONNECT_SECONDS,
    connection: { application_name: options.name ?? 'platen' },
    types: { bigint },
    onnotice: () => {},
    ...(directory === undefined
      ? { socket: () => openSocket(address.host, address.port) }
      : { path: `${directory}/.s.PGSQL.${address.port}` }),
  })
}

interface Address {
  host: string
  port: number
  database: string
  user: string
  password: string
  ssl: 'require' | 'verify-full' | false
  /** Of the unix socket. */
  directory: string | undefined
}

/** WHATWG URLs allow no user without a host, libpq's do: a stand-in host takes the empty one's place. */
function parseUrl(text: string): Address {
  const url = URL.parse(text.replace(/^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)(?=[/?])/, '$1localhost'))
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new Error(
      'cannot connect to the database: its URL is malformed; give postgres://USER:PASSWORD@HOST/DATABASE',
    )
  }
  const host = url.searchParams.get('host') ?? url.hostname
  return {
    host,
    port: Number(url.searchParams.get('port') ?? (url.port || 5432)),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    user: decodeURIComponent(url.username) || 'postgres',
    password: decodeURIComponent(url.password),
    ssl: readSslMode(url.searchParams.get('sslmode')),
    directory: host.startsWith('/') ? host : undefined,
  }
}

/** libpq's sslmode; `prefer` and `allow` would go on without encryption in silence, so they are not offered. */
function readSslMode(mode: string | null): Address['ssl'] {
  if (mode === null || mode === 'disable') return false
  if (mode === 'require' || mode === 'verify-full') return mode
  throw new Error(
    'cannot connect to the database: its sslmode is not known; give disable, require or verify-full',
  )
}

function openSocket(host: string, port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connectSocket({ host, port, noDelay: true })
  const expire = () =>
    socket.destroy(
      Object.assign(new Error('the database does not answer'), { code: 'CONNECT_TIMEOUT' }),
    )
  const timer = setTimeout(expire, CONNECT_SECONDS * 1000)
  socket.once('error', reject)
  socket.once('connect', () => {
    clearTimeout(timer)
    socket.removeListener('error', reject)
    resolve(socket)
  })
  socket.once('close', () => clearTimeout(timer))
  return promise
}
