import { join } from 'node:path'
import { type BuildOptions, buildImages, exportImages, findBuilder } from '@platen/images'
import { makeBases } from './bases.ts'
import { cacheFolder } from './cache.ts'

export { makeBases } from './bases.ts'

/**
 * Platen's images of this working tree, on bases made here, in one archive that a node imports.
 * @param name their registry and tag; the archive is that tag's own
 * @param tell hears of progress
 * @returns the archive's path; its content and time of change stay when no image changed
 * @throws one sentence when this machine cannot build images
 */
export async function makeImages(
  name: Pick<BuildOptions, 'registry' | 'tag'>,
  tell: (line: string) => void,
): Promise<string> {
  const bases = await makeBases(tell)
  const builder = await findBuilder()
  const images = await buildImages(builder, { ...name, bases }, tell)
  return await exportImages(builder, images, join(cacheFolder(), 'archives', name.tag))
}
