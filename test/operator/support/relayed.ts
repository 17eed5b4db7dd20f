import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '../../support/directory.ts'

/** A copy of a kubeconfig that leads through another port of this machine. */
export function temporaryKubeconfig(path: string, port: number): Disposable & { path: string } {
  const directory = temporaryDirectory()
  const copy = join(directory.path, 'kubeconfig')
  const text = readFileSync(path, 'utf8')
  writeFileSync(copy, text.replace(/https:\/\/127\.0\.0\.1:\d+/g, `https://127.0.0.1:${port}`))
  return { path: copy, [Symbol.dispose]: () => directory[Symbol.dispose]() }
}
