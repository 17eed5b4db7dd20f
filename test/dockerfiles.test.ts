import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

const finalStageOf = (file: string) => {
  const instructions = instructionsOf(file)
  return instructions.slice(instructions.findLastIndex(line => line.startsWith('FROM ')))
}

it('the list of images names every Dockerfile', () => {
  const files = globSync('**/*Dockerfile', { cwd: project, exclude: ['**/node_modules'] })
  expect(IMAGES.map(({ file }) => file).sort()).toEqual(files.sort())
})

describe.each([...IMAGES])('$file', ({ name, file, base }) => {
  it('is made from a base that may be replaced, a public one by default', () => {
    const [first, ...others] = instructionsOf(file)
    expect(first).toBe(`ARG BASE=${BASES[base]}`)
    const own = others.flatMap(line => / AS (\w+)$/.exec(line)?.[1] ?? [])
    const made = others.flatMap(line => /^FROM (\S+)/.exec(line)?.[1] ?? [])
    const foreign = made.filter(from => !own.includes(from) && from !== 'scratch')
    expect(foreign.filter(from => !/^\$\{BASE\}$/.test(from))).toEqual([])
  })

  it('ends with an image in which nothing is installed, and that names itself', () => {
    const stage = finalStageOf(file)
    expect(stage[0]).toMatch(/^FROM (scratch|runtime)$/)
    expect(stage.filter(line => /^(RUN|ADD) /.test(line))).toEqual([])
    const labels = stage.find(line => line.startsWith('LABEL ')) ?? ''
    expect(labels).toContain(`image.title="platen-${name}"`)
    expect(labels).toMatch(/image\.description="[A-Z].+"/)
    expect(labels).toContain('image.vendor="Platen"')
    expect(labels).toMatch(/image\.version="\$\{VERSION\}"/)
    expect(labels).toMatch(/image\.revision="\$\{REVISION\}"/)
    expect(stage).toEqual(expect.arrayContaining(['ARG VERSION=dev', 'ARG REVISION=unknown']))
  })

  it('runs as the user platen', () => {
    expect(finalStageOf(file).at(-1)).toBe('USER 10001:10001')
  })
})

const NODE = IMAGES.filter(({ base }) => base === 'node')

/** The stages that must be the same, so that their layer is. */
const headOf = ({ file }: Image) => /^[\s\S]*?\nENTRYPOINT .*\n/.exec(read(file))?.[0]

it('all Node images begin in the same way', () => {
  const heads = new Set(NODE.map(headOf))
  expect([...heads]).toEqual([expect.stringContaining('COPY --from=build /runtime /')])
})

const folderOf = (room: string) =>
  [`services/${room}`, room].find(folder => existsSync(join(project, folder, 'package.json'))) ?? ''

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

describe.each(NODE)('$file', ({ file }) => {
  const stage = finalStageOf(file)
  const copied = stage.flatMap(line => /^COPY ([\w/]+) \1\/$/.exec(line)?.[1] ?? [])
  const [, main = ''] = /^CMD \["(.+)"\]$/m.exec(stage.join('\n')) ?? []

  it('starts a file that is there', () => {
    expect(existsSync(join(project, main))).toBe(true)
  })

  it('holds the rooms that its process needs, and no others', () => {
    // The operator's Jobs run the database's room in the image of the API.
    expect(copied.sort()).toEqual([...roomsOf(main.replace('/main.ts', ''))].sort())
  })

  it('installs the packages of just these rooms', () => {
    const install = instructionsOf(file).find(line => line.includes(' npm ci '))
    const workspaces = [...(install?.matchAll(/--workspace (\S+)/g) ?? [])].map(([, room]) => room)
    expect(workspaces.sort()).toEqual(install ? copied.sort() : [])
  })
})
