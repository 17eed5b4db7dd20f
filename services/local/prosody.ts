import { chownSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { makeDirectory, serverAccount } from './account.ts'
import { certificateFor } from './certificate.ts'
import { startChild, untilReady } from './child.ts'
import { prosodyConfig } from './prosody-config.ts'
import { findProsody } from './prosody-install.ts'
import { watchXmpp } from './xmpp-liveness.ts'

/** A running Prosody. */
export interface Prosody {
  c2sPort: number
  componentPort: number
  /** PEM file that clients must trust. */
  caFile: string
  pid: number
  exited: Promise<string>
  stop(): Promise<void>
  kill(): void
}

export interface ProsodyOptions {
  /** For configuration, certificate and log; made when it is missing. */
  directory: string
  domain: string
  /** Database with the table `prosody`; a unix socket in libpq's form (?host=). */
  databaseUrl: string
  componentSecret: string
  c2sPort: number
  componentPort: number
}

/**
 * Starts Prosody for one tenant, in the foreground and under an account that is not root. One that hangs is killed: its
 * owner sees it end, and starts another.
 * @throws when it is not installed and can't be, or does not listen within 30 s.
 */
export async function startProsody(options: ProsodyOptions): Promise<Prosody> {
  const program = await findProsody()
  const directory = resolve(options.directory)
  const account = serverAccount()
  makeDirectory(directory, account)
  const { certificate, key } = await certificateFor(options.domain, directory, account)
  const dataDirectory = join(directory, 'data')
  makeDirectory(dataDirectory, account)

  const configFile = join(directory, 'prosody.cfg.lua')
  const database = databaseOf(options.databaseUrl)
  const config = prosodyConfig({ ...options, certificate, key, dataDirectory, database })
  if (existsSync(configFile)) rmSync(configFile)
  writeFileSync(configFile, config, { mode: 0o600 })
  if (account) chownSync(configFile, account.uid, account.gid)

  const logFile = join(directory, 'prosody.log')
  const child = await startChild({
    name: 'Prosody',
    command: program.command,
    args: [...program.args, '--config', configFile, '-F'],
    env: program.env,
    logFile,
    cwd: directory,
    account,
  })
  const { c2sPort, componentPort } = options
  await untilReady(child, async () => {
    for (const port of [c2sPort, componentPort]) {
      if (!(await accepts(port))) return `nothing listens on port ${port}`
    }
    return undefined
  })
  const { pid, exited, kill } = child
  const stop = () => child.stop(STOP_MS)
  const watching = new AbortController()
  void exited.then(() => watching.abort())
  void watchXmpp(c2sPort, kill, watching.signal)
  return { c2sPort, componentPort, caFile: certificate, pid, exited, stop, kill }
}

/**
 * On a busy machine Prosody was seen to sleep on in epoll_wait after SIGTERM, until something else woke it. It keeps
 * nothing that a kill would lose: accounts are in the database, and what had no answer is sent again.
 */
const STOP_MS = 5_000

function databaseOf(url: string): Parameters<typeof prosodyConfig>[0]['database'] {
  const { pathname, searchParams, hostname, port, username, password } = new URL(url)
  return {
    name: decodeURIComponent(pathname.slice(1)),
    host: searchParams.get('host') ?? hostname,
    port: Number(port || 5432),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
