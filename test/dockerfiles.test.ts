import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BASES, IMAGES, type Image } from '@platen/images'
import { describe, expect, it } from 'vitest'
import { importsOf } from './architecture.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(project, file), 'utf8')

/** The instructions of a Dockerfile, each on one line, without comments. */
const instructionsOf = (file: string) =>
  read(file)
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter(line => line !== '')

/** The stages of a Dockerfile, each with its FROM first. */
function stagesOf(file: string): string[][] {
  const stages: string[][] = []
  for (const line of instructionsOf(file)) {
    if (line.startsWith('FROM ')) stages.push([])
    stages.at(-1)?.push(line)
  }
  return stages
}

const stageOf = (stages: string[][], name: string) =>
  stages.find(([from]) => from?.endsWith(` AS ${name}`))

/** The stage that becomes the image, after those that it begins with. */
function lineageOf({ name, file, processes }: Image): string[] {
  const stages = stagesOf(file)
  const lineage: string[] = []
  let stage = processes ? stageOf(stages, name) : stages.at(-1)
  while (stage) {
    lineage.unshift(...stage)
    stage = stageOf(stages, /^FROM (\S+)/.exec(stage[0] ?? '')?.[1] ?? '')
  }
  return lineage
}

it('the list of images names every Dockerfile', () => {
  const files = globSync('**/*Dockerfile', { cwd: project, exclude: ['**/node_modules'] })
  expect([...new Set(IMAGES.map(({ file }) => file))].sort()).toEqual(files.sort())
})

describe.each([...IMAGES])('$name', image => {
  const { name, file, base } = image

  it('is made from a base that may be replaced, a public one by default', () => {
    const [first, ...others] = instructionsOf(file)
    expect(first).toBe(`ARG BASE=${BASES[base]}`)
    const own = others.flatMap(line => / AS (\w+)$/.exec(line)?.[1] ?? [])
    const made = others.flatMap(line => /^FROM (\S+)/.exec(line)?.[1] ?? [])
    const foreign = made.filter(from => !own.includes(from) && from !== 'scratch')
    expect(foreign.filter(from => !/^\$\{BASE\}$/.test(from))).toEqual([])
  })

  it('is an image in which nothing is installed, and that names itself', () => {
    const lineage = lineageOf(image)
    expect(lineage[0]).toMatch(/^FROM scratch\b/)
    expect(lineage.filter(line => /^(RUN|ADD) /.test(line))).toEqual([])
    const labels = lineage.filter(line => line.startsWith('LABEL ')).join(' ')
    expect(labels).toContain(`image.title="platen-${name}"`)
    expect(labels).toMatch(/image\.description="[A-Z].+"/)
    expect(labels).toContain('image.vendor="Platen"')
    expect(labels).toMatch(/image\.version="\$\{VERSION\}"/)
    expect(labels).toMatch(/image\.revision="\$\{REVISION\}"/)
    expect(lineage).toEqual(expect.arrayContaining(['ARG VERSION=dev', 'ARG REVISION=unknown']))
  })

  it('runs as the user platen', () => {
    expect(lineageOf(image).filter(line => line.startsWith('USER '))).toEqual(['USER 10001:10001'])
  })
})

describe.each(IMAGES.filter(({ base }) => base === 'node'))('$name', image => {
  const { name, processes = {} } = image

  it('starts the bundle of a process that is there', () => {
    const [, started = ''] = /^CMD \["(\w+)\.mjs"\]$/m.exec(lineageOf(image).join('\n')) ?? []
    expect(started).toBe(name)
    expect(processes).toHaveProperty(started)
    for (const main of Object.values(processes)) {
      expect(existsSync(join(project, main)), main).toBe(true)
    }
  })
})

/** The folders of a room and of all that it imports, from its own imports. */
function roomsOf(folder: string, seen = new Set<string>()): Set<string> {
  if (seen.has(folder)) return seen
  seen.add(folder)
  const exclude = ['**/node_modules', '**/*.{test,support,fixture}.ts', '**/testing']
  for (const file of globSync(`${folder}/**/*.ts`, { cwd: project, exclude })) {
    for (const specifier of importsOf(read(file))) {
      const [, room] = /^@platen\/(.+)$/.exec(specifier) ?? []
      if (room) roomsOf(folderOf(room), seen)
    }
  }
  return seen
}

const folderOf = (room: string) =>
  [`services/${room}`, room].find(folder => existsSync(join(project, folder, 'package.json'))) ?? ''

it('packages are installed of the rooms that are bundled, and of the one that bundles', () => {
  const mains = IMAGES.flatMap(({ processes = {} }) => Object.values(processes))
  const rooms = [...mains.map(dirname), 'services/images'].flatMap(room => [...roomsOf(room)])
  const needed = new Set(rooms.filter(room => existsSync(join(project, room, 'package.json'))))
  const bundles = stageOf(stagesOf('services/images/node.Dockerfile'), 'bundles') ?? []
  const copied = bundles.flatMap(
    line => /^COPY ([\w/]+)\/package\.json \1\/$/.exec(line)?.[1] ?? [],
  )
  const install = bundles.find(line => line.includes(' npm ci ')) ?? ''
  const workspaces = [...install.matchAll(/--workspace (\S+)/g)].map(([, room]) => room)
  expect(copied.sort()).toEqual([...needed].sort())
  expect(workspaces.sort()).toEqual(copied)
})
