import { execFileSync } from 'node:child_process'
import { existsSync, lchownSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** User and group ids under which a server runs. */
export interface Account {
  uid: number
  gid: number
}

const NAME = 'platen'

/**
 * The system account for servers that refuse to run as root (PostgreSQL, Prosody), made when it is missing.
 * Undefined when this process is not root: servers then run as the user who started it.
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  return lookUp() ?? create()
}

function create(): Account {
  try {
    execFileSync(
      'useradd',
      ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME],
      {
        stdio: 'pipe',
      },
    )
  } catch (cause) {
    const account = lookUp() // another process may have been faster
    if (account) return account
    throw new Error(`cannot create the system user ${NAME}: run Platen as a user other than root`, {
      cause,
    })
  }
  return lookUp() as Account
}

function lookUp(): Account | undefined {
  const row = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
    .find(([name]) => name === NAME)
  return row ? { uid: Number(row[2]), gid: Number(row[3]) } : undefined
}

/** Makes a private directory that belongs to the account (or to this user). */
export function makeDirectory(path: string, account?: Account): void {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: account ? 0o755 : 0o700 }) // the account must get through
    mkdirSync(path, { mode: 0o700 })
  }
  // Also what is there already: a start that was killed may have made it and come no further.
  if (account && lstatSync(path).uid === 0) lchownSync(path, account.uid, account.gid)
}

/** The nearest directory at or above `path` that the account may not enter, if any. */
export function closedTo(path: string, account?: Account): string | undefined {
  if (!account) return undefined
  for (let directory = resolve(path); ; directory = dirname(directory)) {
    if (existsSync(directory) && !mayEnter(directory, account)) return directory
    if (directory === dirname(directory)) return undefined
  }
}

function mayEnter(directory: string, { uid, gid }: Account): boolean {
  const stat = statSync(directory)
  if (stat.uid === uid) return (stat.mode & 0o100) !== 0
  if (stat.gid === gid) return (stat.mode & 0o010) !== 0
  return (stat.mode & 0o001) !== 0
}
