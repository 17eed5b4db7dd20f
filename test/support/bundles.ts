import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IMAGES } from '@platen/images'
import { temporaryDirectory } from './directory.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const VARIABLE = 'PLATEN_TEST_BUNDLES'

/**
 * What a process of Platen is started from: the bundle that its image holds, or the file itself where no image has it.
 * @param main relative to the project
 */
export function startedFrom(main: string): string {
  for (const { name, processes = {} } of IMAGES) {
    const process = Object.keys(processes).find(one => processes[one] === main)
    if (process) return join(bundles(), name, `${process}.mjs`)
  }
  return join(project, main)
}

/** A folder with all bundles of this working tree, made once: for this process, and for those that it starts. */
export function bundles(): string {
  const made = process.env[VARIABLE]
  if (made) return made
  const directory = temporaryDirectory()
  process.once('exit', () => directory[Symbol.dispose]())
  const main = join(project, 'services/images/bundle/main.ts')
  execFileSync(process.execPath, [main, directory.path], { stdio: ['ignore', 'ignore', 'inherit'] })
  process.env[VARIABLE] = directory.path
  return directory.path
}
