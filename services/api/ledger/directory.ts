import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What the operator has put into the tenant's namespace. */
export interface LedgerFiles {
  /** Entries, the oldest first. */
  lines: string[]
  /** Public keys by id, JSON. */
  keys: string
}

const ENTRIES = 'entries.jsonl'
const KEYS = 'keys.json'

/**
 * Tells one state of the files from another without reading them; undefined: they are not there (yet). The kubelet puts
 * a new ConfigMap into place by exchanging a link, so that each state has files of its own.
 */
export async function stateOf(directory: string): Promise<string | undefined> {
  try {
    const stats = await Promise.all(
      [ENTRIES, KEYS].map(name => stat(join(directory, name), { bigint: true })),
    )
    return stats.map(({ ino, mtimeNs, size }) => `${ino}/${mtimeNs}/${size}`).join()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export async function readFiles(directory: string): Promise<LedgerFiles> {
  const [entries = '', keys = ''] = await Promise.all(
    [ENTRIES, KEYS].map(name => readFile(join(directory, name), 'utf8')),
  )
  return { lines: entries.split('\n').filter(line => line !== ''), keys }
}
