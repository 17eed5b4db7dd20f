import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withoutServices } from './without-services.ts'

const run = promisify(execFile)

/** How to run Prosody. */
export interface Program {
  command: string
  args: string[]
  env: Record<string, string>
}

const PACKAGES = ['prosody', 'lua-dbi-postgresql']
const ADVICE = `install the packages ${PACKAGES.join(' and ')} (Debian, Ubuntu: apt-get install ${PACKAGES.join(' ')})`

/**
 * Prosody with its PostgreSQL driver: the system's; installed through apt-get when this process is root; otherwise
 * fetched as packages and unpacked below the user's cache folder.
 * @throws one sentence that says what to install, when none of these works.
 */
export async function findProsody(tell: (line: string) => void = () => {}): Promise<Program> {
  const installed = await firstThatWorks([system(), unpacked()])
  if (installed) return installed
  if (!(await works({ command: 'apt-get', args: ['--version'], env: {} }))) {
    throw new Error(
      `cannot start the XMPP server: Prosody is missing and there is no apt-get; ${ADVICE}`,
    )
  }
  const asRoot = process.getuid?.() === 0
  tell(
    asRoot
      ? 'installing Prosody through apt-get (once)'
      : 'fetching Prosody into the cache folder (once)',
  )
  try {
    await (asRoot ? install() : unpack())
  } catch (cause) {
    throw new Error(`cannot install Prosody: ${firstLine(cause)}; ${ADVICE}`, { cause })
  }
  const program = await firstThatWorks([asRoot ? system() : unpacked()])
  if (!program)
    throw new Error(`cannot start the XMPP server: Prosody was fetched but does not run; ${ADVICE}`)
  return program
}

async function firstThatWorks(programs: Program[]): Promise<Program | undefined> {
  for (const program of programs) if (await works(checkOf(program))) return program
  return undefined
}

/** A Lua call with the program's own paths that needs all that Prosody will need. */
function checkOf({ env }: Program): Program {
  const lua = env.PLATEN_LUA ?? 'lua5.4'
  const needs =
    'for _, m in ipairs { "dbd.postgresql", "ssl", "socket", "lxp", "lfs" } do require(m) end'
  const exists = `assert(io.open(${JSON.stringify(env.PLATEN_PROSODY ?? '/usr/bin/prosody')}))`
  return { command: lua, args: ['-e', `${exists} ${needs}`], env }
}

async function works({ command, args, env }: Program): Promise<boolean> {
  try {
    await run(command, args, { env: { ...process.env, ...env } })
    return true
  } catch {
    return false
  }
}

function system(): Program {
  return { command: 'lua5.4', args: ['/usr/bin/prosody'], env: {} }
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'platen', 'prosody')
}

function unpacked(): Program {
  const root = join(cacheFolder(), 'root')
  const libraries = existsSync(join(root, 'usr/lib'))
    ? readdirSync(join(root, 'usr/lib')).filter(name => name.endsWith('-linux-gnu'))
    : []
  const library = join(root, 'usr/lib', libraries[0] ?? '')
  const own = join(root, 'usr/bin/lua5.4')
  const lua = existsSync(own) ? own : 'lua5.4'
  const prosody = join(root, 'usr/bin/prosody')
  return {
    command: lua,
    args: [prosody],
    env: {
      PLATEN_LUA: lua,
      PLATEN_PROSODY: prosody,
      LUA_PATH: `${root}/usr/share/lua/5.4/?.lua;${root}/usr/share/lua/5.4/?/init.lua;;`,
      LUA_CPATH: `${library}/lua/5.4/?.so;;`,
      LD_LIBRARY_PATH: library,
    },
  }
}

async function install(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Debian's package starts a server of its own on port 5222.
  await withoutServices(async () => {
    await run('apt-get', ['update', '-qq'], { env })
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], { env })
  })
}

/** Without root: apt-get fetches into folders of our own, dpkg unpacks without installing. */
async function unpack(): Promise<void> {
  const folder = cacheFolder()
  rmSync(folder, { recursive: true, force: true })
  const [lists, archives, root] = ['lists', 'archives', 'root'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const directory of [join(lists, 'partial'), join(archives, 'partial'), root]) {
    mkdirSync(directory, { recursive: true })
  }
  const own = [
    '-o',
    `Dir::State::lists=${lists}`,
    '-o',
    `Dir::Cache=${folder}`,
    '-o',
    `Dir::Cache::archives=${archives}`,
  ]
  const unlocked = [...own, '-o', 'Debug::NoLocking=1']
  await run('apt-get', [...unlocked, 'update', '-qq'])
  await run('apt-get', [
    ...unlocked,
    'install',
    '-y',
    '-qq',
    '--no-install-recommends',
    '--download-only',
    ...PACKAGES,
  ])
  for (const file of readdirSync(archives).filter(name => name.endsWith('.deb'))) {
    await run('dpkg-deb', ['--extract', join(archives, file), root])
  }
  relocate(join(root, 'usr/bin/prosody'), root)
  for (const used of [lists, archives]) rmSync(used, { recursive: true })
}

/** Prosody's start script holds its folders as absolute paths. */
function relocate(script: string, root: string): void {
  const text = readFileSync(script, 'utf8').replace(/^(CFG_(?:SOURCE|PLUGIN)DIR=')/gm, `$1${root}`)
  writeFileSync(script, text)
  chmodSync(script, 0o755)
}

function firstLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return (said || String(error)).split('\n')[0] ?? ''
}
