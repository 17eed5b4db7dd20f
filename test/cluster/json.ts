import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** What a file says that `writeJson` has written; undefined: there is none, or nobody can read it. */
export function readJson<Content>(file: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Under its name only when it is whole: whoever writes it may be killed at any moment. */
export function writeJson(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(content), { flush: true })
  renameSync(`${file}.new`, file)
}
