import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Built } from './build.ts'
import type { Builder } from './builder.ts'

const ARCHIVE = 'platen-images.tar'
/** What the archive holds, so that it is not written again for the same. */
const CONTENTS = 'platen-images.json'

/**
 * Writes all images into one archive in `directory` for `ctr --namespace k8s.io image import`. An archive that holds
 * them already is left as it is.
 * @returns the archive's path
 */
export async function exportImages(
  builder: Builder,
  images: Pick<Built, 'reference' | 'id'>[],
  directory: string,
): Promise<string> {
  await mkdir(directory, { recursive: true })
  const archive = join(directory, ARCHIVE)
  const list = join(directory, CONTENTS)
  const contents = JSON.stringify(
    Object.fromEntries(images.map(({ reference, id }) => [reference, id])),
  )
  const written = await readFile(list, 'utf8').catch(() => '')
  if (existsSync(archive) && written === contents) return archive
  const unfinished = `${archive}.${process.pid}`
  await builder.save(
    images.map(({ reference }) => reference),
    unfinished,
  )
  await rename(unfinished, archive)
  await writeFile(list, contents)
  return archive
}
