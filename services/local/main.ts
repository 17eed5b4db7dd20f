import { setTimeout as sleep } from 'node:timers/promises'
import { defaultDirectory, openDirectory } from './data-directory.ts'
import { claim } from './leftovers.ts'
import { HELP, OptionError, type Options, parseOptions } from './options.ts'
import { type Sight, untilComplete } from './readiness.ts'
import { endReaper, startReaper } from './reaper.ts'
import { startStack } from './stack.ts'
import { createSupervisor } from './supervisor.ts'

const begun = performance.now()
const stopping = new AbortController()
const tell = (line: string) => process.stderr.write(`${line}\n`)

// Directories that servers under another account must enter are made with the modes they need; secrets have theirs.
process.umask(0o022)
// A reader that is gone (`| head -1`, a closed terminal) is no reason to fall over: what runs is stopped in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

process.exitCode = await main()

/** @returns the exit status: 0 done, or stopped as asked; 1 it did not work, or was stopped before it was ready; 2 the command line is wrong. */
async function main(): Promise<number> {
  const options = read()
  if (typeof options === 'number') return options
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stopping.signal.aborted) tell('stopping ...')
      stopping.abort()
    })
  }
  try {
    await start(options)
    return 0
  } catch (error) {
    if (stopping.signal.aborted) return options.exitWhenReady ? 1 : 0
    tell(sentenceOf(error))
    return 1
  }
}

/** Ours are sentences already; the system's (a full disk, a missing permission) only name the cause. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!('syscall' in error)) return error.message
  return `cannot start: ${error.message}; mend that, or name another directory with --data`
}

function read(): Options | number {
  try {
    const options = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd())
    if (options !== 'help') return options
    process.stdout.write(HELP)
    return 0
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    tell(error.message)
    return 2
  }
}

async function start(options: Options): Promise<void> {
  const directory = options.data ?? defaultDirectory(options.source)
  openDirectory(directory, options.source)
  const claimed = await claim(directory)
  claimed.remember('reaper', startReaper())
  const supervisor = createSupervisor(tell, claimed.remember, stopping.signal)
  try {
    tell(`data         ${directory}`)
    const endpoint = await startStack(options, directory, supervisor, tell)
    tell(
      `\nGraphQL      ${endpoint.url}   (GraphiQL in a browser)\ntoken        ${endpoint.token}\n`,
    )
    const sight = await untilComplete(endpoint, endpoint.monitorStarted, progress, stopping.signal)
    announce(sight, endpoint, options)
    if (!options.exitWhenReady) await stopped()
  } finally {
    await supervisor.stop()
    await endReaper()
    claimed.release()
  }
}

function progress({ found, inGraphql, unreadable }: Sight): void {
  const silent = unreadable ? `, ${unreadable} of them unreadable` : ''
  const known = found === undefined ? 'still looking' : `${found} found${silent}`
  tell(`printers     ${inGraphql} in GraphQL, ${known}`)
}

function announce(
  sight: Sight,
  { url, token }: { url: string; token: string },
  options: Options,
): void {
  const seconds = Math.round((performance.now() - begun) / 100) / 10
  const how = sight.found === 0 ? 'none found' : 'all there'
  const next = options.exitWhenReady ? '' : '; Ctrl-C stops everything'
  tell(`${how.padEnd(12)} after ${seconds} s${next}`)
  if (sight.found === 0) {
    tell(
      '             check that SNMP is switched on in the printers, and --network and --community',
    )
  }
  if (!options.json) return
  process.stdout.write(
    `${JSON.stringify({ devices: sight.inGraphql, seconds, graphql: url, token })}\n`,
  )
}

async function stopped(): Promise<void> {
  while (!stopping.signal.aborted)
    await sleep(3_600_000, undefined, { signal: stopping.signal }).catch(() => {})
}
