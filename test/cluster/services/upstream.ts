import { findAssets } from '../../kubernetes/assets.ts'
import { cacheFolder } from '../images/cache.ts'
import { run } from '../run.ts'
import { archiveOf } from './archive.ts'

/** What upstream's own tests of Kubernetes need. */
export interface UpstreamTests {
  /** The program e2e.test. */
  program: string
  /** Archives of images that its pods run. */
  images: string[]
}

/**
 * Upstream's tests, and agnhost by the name that they ask for. That is all that the tests of network policies need: the
 * image holds none of the shells and tools that the public one has beside agnhost.
 */
export async function upstreamTests(tell: (line: string) => void): Promise<UpstreamTests> {
  const paths = await findAssets(['agnhost', 'e2e.test'], { tell })
  const names = agnhostIn(await run(paths['e2e.test'], ['--list-images']))
  const archives = names.map(name =>
    archiveOf(
      { name, program: paths.agnhost, entrypoint: ['/agnhost'], args: ['pause'] },
      cacheFolder(),
    ),
  )
  return { program: paths['e2e.test'], images: await Promise.all(archives) }
}

/** @param list of images, one a line; more than one version of agnhost may be among them. */
export function agnhostIn(list: string): string[] {
  const names = list.split('\n').filter(line => /\/agnhost:[\w.-]+$/.test(line))
  if (names.length > 0) return names
  throw new Error('cannot tell which agnhost e2e.test wants: --list-images names none')
}
