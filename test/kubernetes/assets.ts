import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Lock, tryLock } from '@platen/local'
import { buildWithGo } from './build.ts'
import { download } from './download.ts'
import { TOOLS, type Tool, type ToolName } from './tools.ts'

/** Paths of programs. */
export type Assets<Name extends ToolName> = Record<Name, string>

export interface AssetOptions {
  /** Reads `KUBEBUILDER_ASSETS`, `XDG_CACHE_HOME`. */
  env?: NodeJS.ProcessEnv
  /** Told what takes long. */
  tell?: (line: string) => void
  /** Ways to get what is neither named nor cached, tried in order. */
  ways?: Way[]
}

/** Puts each tool into the folder, under its name; throws why it cannot. */
export type Way = (tools: Tool[], folder: string, tell: (line: string) => void) => Promise<void>

/**
 * Programs of Kubernetes: out of the folder `KUBEBUILDER_ASSETS`; otherwise out of the user's cache, where they are
 * put first if they are missing: downloaded, or built from Go modules. Two processes never fetch at once.
 * @throws one sentence that says why there are none and what to do.
 */
export async function findAssets<Name extends ToolName>(
  names: readonly Name[],
  options: AssetOptions = {},
): Promise<Assets<Name>> {
  const env = options.env ?? process.env
  const places = placesOf(env)
  let assets = lookUp(names, places)
  if (assets) return assets
  const tell = options.tell ?? (line => void process.stderr.write(`${line}\n`))
  mkdirSync(places.cache, { recursive: true })
  const lock = await untilLocked(join(places.cache, 'kubernetes.lock'), tell)
  try {
    const missing = names.filter(name => !find(name, places)).map(name => TOOLS[name])
    if (missing.length > 0) {
      await fetchAll(missing, {
        cache: places.cache,
        tell,
        ways: options.ways ?? [download, buildWithGo],
      })
    }
  } finally {
    lock.release()
  }
  assets = lookUp(names, places)
  if (assets) return assets
  throw new Error(`cannot find ${names.join(', ')} in ${places.cache} after they were put there`)
}

/** Those that need not be fetched. */
export function assetsAtHand<Name extends ToolName>(
  names: readonly Name[],
): Assets<Name> | undefined {
  return lookUp(names, placesOf(process.env))
}

interface Places {
  given?: string
  cache: string
}

function placesOf(env: NodeJS.ProcessEnv): Places {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'platen')
  const given = env.KUBEBUILDER_ASSETS
  return given ? { given: resolve(given), cache } : { cache }
}

function lookUp<Name extends ToolName>(names: readonly Name[], places: Places) {
  const found = names.map(name => [name, find(name, places)] as const)
  if (found.some(([, path]) => path === undefined)) return undefined
  return Object.fromEntries(found) as Assets<Name>
}

function find(name: ToolName, { given, cache }: Places): string | undefined {
  const paths = [...(given ? [join(given, name)] : []), join(cache, TOOLS[name].folder, name)]
  return paths.find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function untilLocked(file: string, tell: (line: string) => void): Promise<Lock> {
  for (let said = false; ; said = true) {
    const lock = tryLock(file)
    if (lock) return lock
    if (!said) tell('waiting for another process that is getting Kubernetes ...')
    await sleep(200)
  }
}

interface Fetching {
  cache: string
  tell: (line: string) => void
  ways: Way[]
}

async function fetchAll(tools: Tool[], { cache, tell, ways }: Fetching): Promise<void> {
  removeHalves(cache) // of processes that were killed: the lock is ours
  const half = mkdtempSync(join(cache, HALF))
  try {
    const reasons: string[] = []
    for (const way of ways) {
      try {
        await way(tools, half, tell)
        place(tools, { from: half, cache })
        return
      } catch (error) {
        reasons.push(error instanceof Error ? error.message : String(error))
      }
    }
    const names = tools.map(({ name }) => name).join(', ')
    throw new Error(
      `cannot get ${names}: ${reasons.join('; ')}; set KUBEBUILDER_ASSETS to a folder that holds them, or install Go 1.26`,
    )
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
}

const HALF = 'kubernetes-half-'

function removeHalves(cache: string): void {
  for (const name of readdirSync(cache)) {
    if (name.startsWith(HALF)) rmSync(join(cache, name), { recursive: true, force: true })
  }
}

/** Each file appears under its name only when it is whole. */
function place(tools: Tool[], { from, cache }: { from: string; cache: string }): void {
  for (const { name, folder } of tools) {
    mkdirSync(join(cache, folder), { recursive: true })
    renameSync(join(from, name), join(cache, folder, name))
  }
}
