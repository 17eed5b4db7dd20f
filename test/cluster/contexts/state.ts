import { mkdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readJson, writeJson } from '../json.ts'
import type { Home } from '../platform/places.ts'

/** Names of two contexts of the user's kubeconfig: the management cluster's, and that of the second region's cluster. */
export type Contexts = readonly [string, string]

const below = (name: string) =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'platen', name)

/** Of `up`, for the commands after it. */
const folder = () => below('contexts')
const file = () => join(folder(), 'contexts.json')

/** Held by whoever works with the contexts' clusters. */
export function contextsLock(): string {
  mkdirSync(below(''), { recursive: true })
  return below('contexts.lock')
}

/** What is kept of a cluster: its administrator's kubeconfig, and the keys of its object store. */
export const folderOf = ({ name }: Pick<Home, 'name'>) => join(folder(), name)

/** Undefined: no clusters of contexts are in use. */
export function rememberedContexts(): Contexts | undefined {
  return readJson(file())
}

export function rememberContexts(contexts: Contexts): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 })
  writeJson(file(), contexts)
}

export function forgetContexts(): void {
  rmSync(folder(), { recursive: true, force: true })
}
