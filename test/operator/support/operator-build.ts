import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../../..', import.meta.url))

export interface OperatorBuild extends Disposable {
  /** For `startProcess`. */
  main: string
}

/** One text of one source file, and what stands there instead. */
export interface Change {
  /** Below operator/. */
  file: string
  from: string
  to: string
}

/** Another release of the operator: its sources in a folder of their own, with these changes. */
export function buildOperator(...changes: Change[]): OperatorBuild {
  const parent = join(project, '.cache/operator-builds')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'build-'))
  cpSync(join(project, 'operator'), folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: path => !/\.test\.ts$|\/test(ing|data)$/.test(path),
  })
  for (const { file, from, to } of changes) {
    const path = join(folder, file)
    const source = readFileSync(path, 'utf8')
    if (!source.includes(from)) throw new Error(`cannot change operator/${file}: no ${from} in it`)
    writeFileSync(path, source.replaceAll(from, to))
  }
  return {
    main: join(relative(project, folder), 'main.ts'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}
