import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tryLock } from '@platen/local'

const PREFIX = 'platen-kubernetes-'
const LOCK = 'owner.lock'

/** A directory of this process's own. What killed processes left is removed when the next one makes its own. */
export interface OwnDirectory {
  path: string
  remove(): void
}

export function ownDirectory(name: string): OwnDirectory {
  removeOrphans()
  const path = mkdtempSync(join(tmpdir(), `${PREFIX}${name}-`))
  const lock = tryLock(join(path, LOCK))
  return {
    path,
    remove() {
      lock?.release()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** Whoever is just making one has no lock yet, so what is new is let be. */
const NEW_MS = 10_000

function removeOrphans(): void {
  for (const name of readdirSync(tmpdir()).filter(each => each.startsWith(PREFIX))) {
    const path = join(tmpdir(), name)
    try {
      if (Date.now() - statSync(path).birthtimeMs < NEW_MS) continue
      const lock = tryLock(join(path, LOCK))
      if (!lock) continue
      lock.release()
      rmSync(path, { recursive: true, force: true })
    } catch {
      // Somebody else removed it, or it is not ours.
    }
  }
}
