import { findAssets } from '../../kubernetes/assets.ts'
import { TOOLS, type ToolName } from '../../kubernetes/tools.ts'
import { cacheFolder } from '../images/cache.ts'
import { archiveOf } from './archive.ts'

/** Of Debian's package busybox-static. */
const BUSYBOX = '/bin/busybox'

export const IMAGES = {
  /** Holds a pod's namespaces, and is the shell of the volumes' helper. */
  busybox: 'localhost/platen-test/busybox:dev',
  coredns: imageOf('coredns'),
  localPath: imageOf('local-path-provisioner'),
  versitygw: imageOf('versitygw'),
} as const

function imageOf(tool: ToolName): string {
  return `localhost/platen-test/${tool}:${TOOLS[tool].version}`
}

/** Needs nothing but this machine's own program. */
export async function busyboxImage(): Promise<string> {
  const image = {
    name: IMAGES.busybox,
    program: BUSYBOX,
    links: ['/bin/sh', '/bin/mkdir', '/bin/rm'],
    entrypoint: ['/bin/busybox', 'sleep', '2147483647'],
  }
  return await archiveOf(image, cacheFolder())
}

/** Archives of all images of the clusters' own services. */
export async function serviceImages(tell: (line: string) => void): Promise<string[]> {
  const paths = await findAssets(['coredns', 'local-path-provisioner', 'versitygw'], { tell })
  const folder = cacheFolder()
  return await Promise.all([
    busyboxImage(),
    archiveOf({ name: IMAGES.coredns, program: paths.coredns, entrypoint: ['/coredns'] }, folder),
    archiveOf(
      {
        name: IMAGES.localPath,
        program: paths['local-path-provisioner'],
        entrypoint: ['/local-path-provisioner'],
      },
      folder,
    ),
    archiveOf(
      { name: IMAGES.versitygw, program: paths.versitygw, entrypoint: ['/versitygw'] },
      folder,
    ),
  ])
}
