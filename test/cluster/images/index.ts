import { existsSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, buildImages, exportImages, findBuilder } from '@platen/images'
import { makeBases } from './bases.ts'
import { cacheFolder } from './cache.ts'
import { fingerprint } from './fingerprint.ts'

export { makeBases } from './bases.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * Platen's images of this working tree, on bases made here, in one archive that a node imports. An archive that was
 * made of the same files is taken as it is, within a second; its images name the commit that they were built at.
 * @param name their registry and tag; the archive is that tag's own
 * @param tell hears of progress
 * @returns the archive's path; its content and time of change stay when no image changed
 * @throws one sentence when this machine cannot build images
 */
export async function makeImages(
  name: Pick<BuildOptions, 'registry' | 'tag'>,
  tell: (line: string) => void,
): Promise<string> {
  const directory = join(cacheFolder(), 'archives', name.tag)
  const made = join(directory, 'made.json')
  const inputs = fingerprint(PROJECT)
  if ((await readFile(made, 'utf8').catch(() => '')) === mark(directory, { ...name, inputs })) {
    return join(directory, ARCHIVE)
  }
  const bases = await makeBases(tell)
  const builder = await findBuilder()
  const images = await buildImages(builder, { ...name, bases }, tell)
  const archive = await exportImages(builder, images, directory)
  // Of what was there before the builds: a file that changed meanwhile may be in no image.
  await writeFile(made, mark(directory, { ...name, inputs }))
  return archive
}

const ARCHIVE = 'platen-images.tar'

/** What an archive was made of, and which one; no archive, no mark. */
function mark(directory: string, made: { registry: string; tag: string; inputs: string }): string {
  const archive = join(directory, ARCHIVE)
  if (!existsSync(archive)) return 'none'
  const { size, mtimeMs } = statSync(archive)
  return JSON.stringify({ ...made, size, mtimeMs, node: process.version })
}
