import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** A file or folder that goes along with a bundle. */
export interface Along {
  from: string
  /** Relative to the bundle. */
  to: string
}

const BESIDE = /new URL\('([\w-]+)', import\.meta\.url\)/g

/** What modules of ours read from beside themselves at run time, such as the migrations of the database. */
export function foldersBeside(modules: readonly string[]): Along[] {
  const ours = modules.filter(module => /^(?!.*\/node_modules\/).*\.ts$/.test(module))
  return ours.flatMap(module =>
    [...readFileSync(module, 'utf8').matchAll(BESIDE)].map(([, name = '']) => ({
      from: join(dirname(module), name),
      to: name,
    })),
  )
}

const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/
const ABOUT = /^(package\.json|(licen[cs]e|copying|notice).*)$/i

/** What the packages of these modules say of themselves, and of their terms. */
export function packagesOf(root: string, modules: readonly string[]): Along[] {
  const folders = new Set(modules.flatMap(module => PACKAGE.exec(module)?.[0] ?? []))
  return [...folders].flatMap(folder =>
    globSync('*', { cwd: folder })
      .filter(file => ABOUT.test(file))
      .map(file => ({ from: join(folder, file), to: relative(root, join(folder, file)) })),
  )
}
