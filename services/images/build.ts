import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Build, Builder, Inspected } from './builder.ts'
import { type Base, IMAGES, type Image, type ImageName, PROJECT, referenceOf } from './images.ts'
import { ProgramError, run } from './program.ts'

export interface BuildOptions {
  /** Before the name of each image, e.g. `registry.example.com/platen`. */
  registry: string
  tag: string
  /** Absent: all. */
  only?: ImageName[]
  /** References of base images instead of the public ones. */
  bases?: Partial<Record<Base, string>>
}

export interface Built extends Inspected {
  name: ImageName
  reference: string
  id: string
  /** Bytes beyond the layer that all Node images share. */
  ownBytes: number
}

type Tell = (line: string) => void

/**
 * Builds images one after the other; what has not changed comes from the builder's cache.
 * @param tell hears one line about each, and the end of the builder's log when one fails
 * @throws one sentence that names the image
 */
export async function buildImages(
  builder: Builder,
  options: BuildOptions,
  tell: Tell = () => {},
): Promise<Built[]> {
  const images = IMAGES.filter(({ name }) => options.only?.includes(name) ?? true)
  const revision = await revisionOfProject()
  const runtime = runtimeOf(builder, options)
  const built: Built[] = []
  for (const [at, image] of images.entries()) {
    const reference = referenceOf(image.name, options)
    const progress = `${at + 1}/${images.length} ${reference}`
    tell(`${progress} ...`)
    const begin = performance.now()
    const build = { ...commonOf(image, options), reference }
    build.args = { ...build.args, VERSION: options.tag, REVISION: revision }
    const id = await buildOne(builder, build, tell)
    const { layers, bytes } = await builder.inspect(id)
    const shared = image.base === 'node' ? await runtime() : undefined
    const ownBytes = bytes - sharedBytes(layers, shared)
    built.push({ name: image.name, reference, id, layers, bytes, ownBytes })
    tell(`${progress} is built, ${((performance.now() - begin) / 1000).toFixed(1)} s`)
  }
  return built
}

function commonOf({ name, file, base, processes }: Image, { bases }: BuildOptions): Build {
  const reference = bases?.[base]
  return {
    context: PROJECT,
    file: join(PROJECT, file),
    ...(processes && { target: name }),
    args: reference ? { BASE: reference } : {},
    secrets: secrets(),
  }
}

async function buildOne(builder: Builder, build: Build, tell: Tell): Promise<string> {
  try {
    return await builder.build(build)
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    tell(error.said)
    throw new Error(`cannot build ${build.reference}: ${error.message}`, { cause: error })
  }
}

/** The stage `runtime`, with which all Node images begin, inspected when one of them is in the cache. */
function runtimeOf(builder: Builder, options: BuildOptions): () => Promise<Inspected> {
  let inspected: Promise<Inspected> | undefined
  const inspect = async () => {
    const image = IMAGES.find(({ base }) => base === 'node') as Image
    return await builder.inspect(
      await builder.build({ ...commonOf(image, options), target: 'runtime' }),
    )
  }
  return () => {
    inspected ??= inspect()
    return inspected
  }
}

function sharedBytes(layers: string[], shared?: Inspected): number {
  return shared?.layers.every((digest, at) => digest === layers[at]) ? shared.bytes : 0
}

/** What this machine needs to reach the registry of packages; builds may read it, images don't keep it. */
function secrets(): Record<string, string> {
  const ca = process.env.NODE_EXTRA_CA_CERTS
  const npmrc = process.env.npm_config_userconfig ?? join(homedir(), '.npmrc')
  return {
    ...(ca && existsSync(ca) && { ca }),
    ...(existsSync(npmrc) && { npmrc }),
  }
}

/** The commit, with `-dirty` when files differ from it; `unknown` outside of a repository. */
async function revisionOfProject(): Promise<string> {
  const describe = ['-C', PROJECT, 'describe', '--always', '--exclude=*', '--abbrev=40', '--dirty']
  return await run('git', describe).then(
    said => said.trim(),
    () => 'unknown',
  )
}
