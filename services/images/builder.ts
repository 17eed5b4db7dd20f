import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildah } from './buildah.ts'
import { docker } from './docker.ts'
import { run } from './program.ts'

export interface Build {
  /** The folder whose files the Dockerfile copies. */
  context: string
  /** Absolute. */
  file: string
  /** The name that the image gets; without it the image has only its id. */
  reference?: string
  /** A stage of the Dockerfile instead of its last one. */
  target?: string
  args: Record<string, string>
  /** Files that the build may read but no image keeps, by their id. */
  secrets: Record<string, string>
}

export interface Inspected {
  /** Digests of the unpacked layers, lowest first. */
  layers: string[]
  /** Of all layers, unpacked. */
  bytes: number
}

/** What builds images on this machine. */
export interface Kind {
  name: 'docker' | 'podman' | 'buildah'
  /** The command with what comes before each subcommand. */
  command: [string, ...string[]]
  /** What stands between `build` and its options. */
  buildOptions: string[]
  inspect(image: string): Promise<Inspected>
  /** Writes images with their names into one archive that containerd imports. Layers that they share are in it once. */
  save(images: string[], file: string): Promise<void>
}

export interface Builder extends Pick<Kind, 'name' | 'inspect' | 'save'> {
  /** @returns the image's id */
  build(build: Build): Promise<string>
  push(image: string): Promise<void>
}

/**
 * The first of docker, podman and buildah that works here.
 * @throws one sentence that says what to install, when none does.
 */
export async function findBuilder(): Promise<Builder> {
  for (const kind of [docker('docker'), docker('podman'), buildah()]) {
    if (await works(kind)) return builderOf(kind)
  }
  throw new Error(
    'cannot build images: neither docker, podman nor buildah works here; install one of them (Debian: apt-get install buildah), or start it',
  )
}

async function works({ command: [command, ...before] }: Kind): Promise<boolean> {
  return await run(command, [...before, 'info']).then(
    () => true,
    () => false,
  )
}

function builderOf(kind: Kind): Builder {
  const [command, ...before] = kind.command
  return {
    name: kind.name,
    inspect: kind.inspect,
    save: kind.save,
    async build(build) {
      await using directory = await mkdtempDisposable(join(tmpdir(), 'platen-images-'))
      const idFile = join(directory.path, 'id')
      await run(command, [
        ...before,
        'build',
        ...kind.buildOptions,
        `--iidfile=${idFile}`,
        ...argumentsOf(build),
      ])
      return (await readFile(idFile, 'utf8')).trim()
    },
    async push(image) {
      await run(command, [...before, 'push', image])
    },
  }
}

function argumentsOf({ context, file, reference, target, args, secrets }: Build): string[] {
  return [
    `--file=${file}`,
    ...(reference ? [`--tag=${reference}`] : []),
    ...(target ? [`--target=${target}`] : []),
    ...Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...Object.entries(secrets).map(([id, path]) => `--secret=id=${id},src=${path}`),
    context,
  ]
}
