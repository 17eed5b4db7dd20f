import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtempDisposable, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Base, findBuilder } from '@platen/images'
import { run } from '../run.ts'
import { cacheFolder } from './cache.ts'
import { debianSources, type Sources } from './sources.ts'

/**
 * Stand-ins for the public base images, made of Debian's packages for a machine that reaches no registry of images. They
 * are built once; without the folder `~/.cache/platen/images` (`XDG_CACHE_HOME` is honoured) they are made anew.
 * @param tell hears what takes long
 * @returns the references that `buildImages` takes as `bases`
 * @throws one sentence, when this machine cannot make them
 */
export async function makeBases(tell: (line: string) => void): Promise<Record<Base, string>> {
  const cache = cacheFolder()
  const builder = await findBuilder()
  const build = async (reference: string, context: string) => {
    const file = join(context, 'Dockerfile')
    await builder.build({ context, file, reference, args: {}, secrets: {} })
    return reference
  }
  const debian = await build(DEBIAN, await debianContext(cache, tell))
  return {
    debian,
    node: await build(
      'localhost/platen-base/node:24-bookworm-slim',
      await nodeContext(cache, tell),
    ),
    postgres: await build(
      'localhost/platen-base/postgres:18-trixie',
      await postgresContext(cache, tell),
    ),
  }
}

const DEBIAN = 'localhost/platen-base/debian:bookworm-slim'

async function debianContext(cache: string, tell: Tell): Promise<string> {
  const suite = { name: 'bookworm', packages: ['ca-certificates'] }
  return await contextWith(join(cache, 'debian'), `CMD ["bash"]\n`, { suite, tell })
}

/** PostgreSQL 18 is in no release of Debian yet: the one in the making has it. No cluster is made in it. */
async function postgresContext(cache: string, tell: Tell): Promise<string> {
  const suite = { name: 'forky', packages: ['ca-certificates', 'postgresql-18'] }
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const instructions = `ENV PATH=${path}:/usr/lib/postgresql/18/bin
# A release in the making says every week that it is valid for a week; a mirror may be behind.
RUN echo 'Acquire::Check-Valid-Until "false";' > /etc/apt/apt.conf.d/check-valid-until
`
  return await contextWith(join(cache, 'postgres'), instructions, { suite, tell })
}

/** Node is the one that runs this; npm comes from its registry, as it does for everybody. */
async function nodeContext(cache: string, tell: Tell): Promise<string> {
  const context = join(cache, 'node')
  await mkdir(context, { recursive: true })
  await cp(process.execPath, join(context, 'node'), { preserveTimestamps: true })
  if (!existsSync(join(context, 'node_modules/npm'))) {
    tell('fetching npm for the base of Node (once)')
    await run('npm', ['install', '--no-save', '--prefix', context, NPM])
  }
  await writeFile(
    join(context, 'Dockerfile'),
    `FROM ${DEBIAN}
COPY node /usr/local/bin/
COPY node_modules/npm /usr/local/lib/node_modules/npm/
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
`,
  )
  return context
}

/** The one that comes with Node 24. */
const NPM = 'npm@11'

type Tell = (line: string) => void

interface Suite {
  name: string
  packages: string[]
}

/** A folder that holds the root of a Debian system, and a Dockerfile for it. */
async function contextWith(
  context: string,
  instructions: string,
  { suite, tell }: { suite: Suite; tell: Tell },
): Promise<string> {
  await mkdir(context, { recursive: true })
  if (!existsSync(join(context, ROOT))) await bootstrap(join(context, ROOT), suite, tell)
  await writeFile(join(context, 'Dockerfile'), `FROM scratch\nADD ${ROOT} /\n${instructions}`)
  return context
}

const ROOT = 'root.tar'

async function bootstrap(archive: string, suite: Suite, tell: Tell): Promise<void> {
  const sources = await debianSources(suite.name)
  tell(`making a Debian ${suite.name} for base images (once, a minute)`)
  await using directory = await mkdtempDisposable(join(dirname(archive), '.root-'))
  const root = join(directory.path, 'root')
  await debootstrap(root, suite, sources)
  await writeFile(join(root, 'etc/apt/sources.list'), sources.lines.join('\n'))
  // What belongs to this machine alone, what apt gets again by itself, and what nobody reads in a container.
  for (const path of ['etc/hostname', 'etc/resolv.conf', 'var/cache/apt', 'var/lib/apt/lists']) {
    await rm(join(root, path), { recursive: true, force: true })
  }
  for (const path of ['var/cache/apt/archives/partial', 'var/lib/apt/lists/partial']) {
    await mkdir(join(root, path), { recursive: true })
  }
  const left = ['./dev/*', './usr/share/locale/*', './usr/share/man/*', './var/log/*.log']
  const exclude = left.map(pattern => `--exclude=${pattern}`)
  const unfinished = `${archive}.${process.pid}`
  await run('tar', [
    '--create',
    '--numeric-owner',
    ...exclude,
    `--file=${unfinished}`,
    `--directory=${root}`,
    '.',
  ])
  await rename(unfinished, archive)
}

async function debootstrap(root: string, suite: Suite, { mirror }: Sources): Promise<void> {
  const options = ['--variant=minbase', `--include=${suite.packages.join(',')}`]
  // It may not know a release that is younger than itself; all of them are made in the same way.
  const script = '/usr/share/debootstrap/scripts/sid'
  try {
    await run('debootstrap', [...options, suite.name, root, mirror, script])
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(
      `cannot make a base image: ${why}; run as root with debootstrap installed, or name base images with --base`,
      { cause },
    )
  }
}
