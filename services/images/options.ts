import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BuildOptions } from './build.ts'
import { BASES, type Base, IMAGES, type ImageName } from './images.ts'

/** What `npm run images` was asked to do. */
export interface Options extends BuildOptions {
  push: boolean
  /** Absolute; where the archive goes. */
  output?: string
}

const NAMES = IMAGES.map(({ name }) => name)

export const HELP = `Usage: npm run images -- [option ...]

Builds Platen's container images with docker, podman or buildah: the first that works here.

  --registry PREFIX   what comes before the images' names, default localhost/platen
  --tag TAG           their tag and version, default dev
  --only NAME         only this image (repeatable): ${NAMES.join(', ')}
  --base NAME=IMAGE   the image that they are made from (repeatable), default
${Object.entries(BASES)
  .map(([name, image]) => `                      ${name}=${image}`)
  .join('\n')}
  --push              push them to the registry
  --output DIR        write them into DIR/platen-images.tar, for ctr --namespace k8s.io image import
  --help              print this
`

/** An option that cannot be used; its message is all that needs to be said. */
export class OptionError extends Error {}

const spec = {
  registry: { type: 'string', default: 'localhost/platen' },
  tag: { type: 'string', default: 'dev' },
  only: { type: 'string', multiple: true },
  base: { type: 'string', multiple: true, default: [] as string[] },
  push: { type: 'boolean', default: false },
  output: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Reads the command line; a relative path is relative to `from`, the directory where the user typed it.
 * @returns 'help' when that is all that was asked.
 * @throws OptionError
 */
export function parseOptions(args: string[], from: string): Options | 'help' {
  const { help, registry, tag, only, base, push, output } = parse(args)
  if (help) return 'help'
  return {
    registry: registry.replace(/\/+$/, ''),
    tag: tagOf(tag),
    ...(only && { only: only.map(nameOf) }),
    bases: Object.fromEntries(base.map(baseOf)),
    push,
    ...(output !== undefined && { output: resolve(from, output) }),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: spec, allowPositionals: false }).values
  } catch (error) {
    const why = error instanceof Error ? error.message.split(/\.\s/)[0] : String(error)
    throw wrong(`${why}`)
  }
}

function tagOf(tag: string): string {
  if (/^\w[\w.-]{0,127}$/.test(tag)) return tag
  throw wrong(`--tag ${tag} is no tag of an image`)
}

function nameOf(name: string): ImageName {
  const known = NAMES.find(one => one === name)
  if (known) return known
  throw wrong(`--only ${name} is none of ${NAMES.join(', ')}`)
}

function baseOf(text: string): [Base, string] {
  const [, name = '', image = ''] = /^(\w+)=(\S+)$/.exec(text) ?? []
  if (Object.hasOwn(BASES, name)) return [name as Base, image]
  throw wrong(`--base ${text} is not of the form ${Object.keys(BASES).join('|')}=IMAGE`)
}

function wrong(why: string): OptionError {
  return new OptionError(`cannot build images: ${why}; see npm run images -- --help`)
}
