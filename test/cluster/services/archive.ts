import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from '../run.ts'

/** An image of one program that needs nothing beside itself. */
export interface StaticImage {
  /** With its tag, e.g. `localhost/platen-test/coredns:v1`. */
  name: string
  /** Of a statically linked program on this machine. */
  program: string
  /** Other names of the program in the image, e.g. `/bin/sh` for busybox. */
  links?: string[]
  entrypoint: string[]
  /** What a pod passes that says nothing. */
  args?: string[]
}

/**
 * Writes an image as an archive that `ctr image import` takes, without anything that builds images.
 * @param folder where archives are kept; one that is there already is taken as it is.
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/v1.2.md
 */
export async function archiveOf(image: StaticImage, folder: string): Promise<string> {
  const { size, mtimeMs } = statSync(image.program)
  const key = createHash('sha256')
    .update(JSON.stringify([image, size, mtimeMs]))
    .digest('hex')
  const archive = join(folder, `${key.slice(0, 16)}.tar`)
  if (existsSync(archive)) return archive
  mkdirSync(folder, { recursive: true })
  const work = mkdtempSync(join(folder, 'half-'))
  try {
    await write(image, work)
    renameSync(join(work, 'image.tar'), archive)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return archive
}

async function write(image: StaticImage, work: string): Promise<void> {
  const root = join(work, 'root')
  const [main = ''] = image.entrypoint
  mkdirSync(join(root, dirname(main)), { recursive: true })
  mkdirSync(join(root, 'tmp'), { mode: 0o1777 })
  copyFileSync(image.program, join(root, main))
  for (const link of image.links ?? []) await run('ln', [join(root, main), join(root, link)])
  const layer = join(work, 'layer.tar')
  await run('tar', ['--owner=0', '--group=0', '--numeric-owner', '-C', root, '-cf', layer, '.'])
  const digest = createHash('sha256').update(readFileSync(layer)).digest('hex')
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: image.entrypoint, Cmd: image.args ?? [], Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  }
  writeFileSync(join(work, 'config.json'), JSON.stringify(config))
  const manifest = [{ Config: 'config.json', RepoTags: [image.name], Layers: ['layer.tar'] }]
  writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest))
  const parts = ['manifest.json', 'config.json', 'layer.tar']
  await run('tar', ['-C', work, '-cf', join(work, 'image.tar'), ...parts])
}
