import { readFile, stat } from 'node:fs/promises'
import { parseRoutes, type Routes } from './routes.ts'

export interface RoutesFile {
  /** The newest routes that could be read, undefined before the first. */
  readonly routes: Routes | undefined
  /** Whether they are what stands in the file now. */
  readonly isValid: boolean
  /**
   * Reads the file again when it has changed.
   * @throws when it is missing or wrong, once a change; `routes` are kept.
   */
  look(): Promise<void>
}

/** The kubelet brings a new file by swapping a symbolic link on the way to it: the file behind the name is then another. */
export function watchRoutesFile(path: string): RoutesFile {
  let routes: Routes | undefined
  let seen = ''
  let isValid = false
  return {
    get routes() {
      return routes
    },
    get isValid() {
      return isValid
    },
    async look() {
      const now = await identityOf(path)
      if (now === seen) return
      seen = now
      isValid = false
      routes = parseRoutes(await readFile(path, 'utf8'))
      isValid = true
    },
  }
}

async function identityOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found ? `${found.dev} ${found.ino} ${found.size} ${found.mtimeMs}` : 'missing'
}
