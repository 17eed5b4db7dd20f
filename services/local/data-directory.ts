import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Source } from './options.ts'

/** The default directory: one a source, so that invented devices never stand among real ones. */
export function defaultDirectory(source: Source): string {
  const share = process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share')
  const base = process.getuid?.() === 0 ? '/var/lib/platen' : join(share, 'platen')
  if (source.kind !== 'recordings') return join(base, source.kind)
  const which = createHash('sha256').update(source.directory).digest('hex').slice(0, 8)
  return join(base, `recordings-${which}`)
}

/**
 * Makes the directory when it is missing.
 * @throws when it cannot be written, or holds the data of another kind of source.
 */
export function openDirectory(directory: string, source: Source): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 })
    if (!statSync(directory).isDirectory()) throw new Error('it is not a directory')
    accessSync(directory, constants.W_OK | constants.X_OK)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`cannot keep data in ${directory}: ${why}; name another with --data`, { cause })
  }
  const kind = kindOf(directory)
  if (!kind || kind === source.kind) return
  throw new Error(
    `cannot use ${directory}: it holds data of ${WORDS[kind]}, and this start is for ${WORDS[source.kind]}; name another with --data`,
  )
}

const WORDS: Record<Source['kind'], string> = {
  simulated: 'simulated printers',
  recordings: 'recorded printers',
  network: 'real printers',
}

/** Notes whose data the directory holds from now on: only once nothing is wrong with the source. */
export function markDirectory(directory: string, source: Source): void {
  if (kindOf(directory) === source.kind) return
  writeFileSync(markOf(directory), source.kind)
}

const markOf = (directory: string) => join(directory, 'source')

/** Undefined in a new directory, and where a full disk took the name of the file but not what is in it. */
function kindOf(directory: string): Source['kind'] | undefined {
  const file = markOf(directory)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return text in WORDS ? (text as Source['kind']) : undefined
}
