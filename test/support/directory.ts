import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A directory of the test's own, removed with all it holds when it is disposed of.
 * @param parent the system's folder for temporary files, when it is not given
 */
export function temporaryDirectory(parent = tmpdir()): { path: string } & Disposable {
  const path = mkdtempSync(join(parent, 'platen-test-'))
  chmodSync(path, 0o755) // servers that do not run as root must get through
  return {
    path,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
