import { createHash } from 'node:crypto'
import { globSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The builds' context: no less than `.dockerignore` lets through. */
const CONTEXT = [
  '{operator,monitor,services,test/fleet}/**/*',
  '{package*.json,.npmrc,.dockerignore}',
]

/**
 * Of all that images are made from below `project`: another one when a file comes, goes or changes. A builder would
 * come to the same result, but takes more than a minute to compare what it has.
 */
export function fingerprint(project: string): string {
  const hash = createHash('sha256')
  const files = globSync(CONTEXT, {
    cwd: project,
    exclude: path => /(^|\/)node_modules$/.test(path),
  })
  for (const file of files.sort()) {
    const path = join(project, file)
    const stat = lstatSync(path)
    if (!stat.isFile()) continue
    const content = readFileSync(path)
    hash.update(`${file}\0${stat.mode}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}
