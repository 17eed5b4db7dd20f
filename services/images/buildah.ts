import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Kind } from './builder.ts'
import { run } from './program.ts'

/** Isolation by chroot: in a container, or without systemd, there is nothing else. */
const BUILD = ['--isolation=chroot', '--layers']

export function buildah(): Kind {
  return {
    name: 'buildah',
    command: ['buildah'],
    buildOptions: BUILD,
    async inspect(image) {
      const { Docker, Manifest } = JSON.parse(
        await run('buildah', ['inspect', '--type=image', image]),
      )
      const manifest: { layers: { size: number }[] } = JSON.parse(Manifest)
      const bytes = manifest.layers.reduce((sum, { size }) => sum + size, 0)
      return { layers: Docker.rootfs.diff_ids, bytes }
    },
    save,
  }
}

/** An OCI layout holds several images, and each layer once. */
async function save(images: string[], file: string): Promise<void> {
  await using directory = await mkdtempDisposable(join(dirname(file), '.layout-'))
  const layout = join(directory.path, 'layout')
  for (const image of images) {
    await run('buildah', ['push', image, `oci:${layout}:${image}`])
  }
  await nameForContainerd(join(layout, 'index.json'))
  await run('tar', ['--create', `--file=${file}`, `--directory=${layout}`, '.'])
}

const OCI_NAME = 'org.opencontainers.image.ref.name'
/** By OCI's name alone, containerd's importer would take it for a tag. */
const CONTAINERD_NAME = 'io.containerd.image.name'

async function nameForContainerd(indexFile: string): Promise<void> {
  const index: { manifests: { annotations: Record<string, string> }[] } = JSON.parse(
    await readFile(indexFile, 'utf8'),
  )
  for (const { annotations } of index.manifests) {
    annotations[CONTAINERD_NAME] = annotations[OCI_NAME] ?? ''
  }
  await writeFile(indexFile, JSON.stringify(index))
}
