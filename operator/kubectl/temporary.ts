import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made = new Set<string>()

/** A file that this user alone reads; it goes with this process, however that ends but by SIGKILL. */
export function temporaryFile(content: string): string {
  if (made.size === 0) process.once('exit', removeAll)
  const directory = mkdtempSync(join(tmpdir(), 'kubectl-platen-'))
  made.add(directory)
  const path = join(directory, 'kubeconfig')
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

function removeAll(): void {
  for (const directory of made) rmSync(directory, { recursive: true, force: true })
}
