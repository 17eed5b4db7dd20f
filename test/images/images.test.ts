import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { IMAGES } from '@platen/images'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildForTests, whyNot } from './built.ts'
import { inPod, openRoot, type Root } from './root.ts'
import { STARTS } from './starts.ts'

const missing = await whyNot()
if (missing && process.env.PLATEN_REQUIRE_IMAGES) throw new Error(missing)
if (missing) process.stderr.write(`skipped: ${missing}\n`)

/** What installs software, or what it is written in where that is no part of an image. */
const INSTALLERS =
  /^(apt|apt-get|apt-key|aptitude|dpkg|dpkg-deb|dpkg-query|npm|npx|yarn|yarnpkg|pnpm|corepack|pip3?|python3?|perl)$/
const SHELLS = /^(sh|bash|dash|busybox)$/
/** Their pods start or probe through one. */
const WITH_SHELL = ['edge', 'database']
const MANAGERS = /\/node_modules\/(npm|corepack|yarn|pnpm)$/

describe.skipIf(missing)('images', () => {
  let images: Awaited<ReturnType<typeof buildForTests>>

  beforeAll(async () => {
    images = await buildForTests()
  })

  it('of Node share their lowest layer', () => {
    const nodes = IMAGES.filter(({ base }) => base === 'node').map(({ name }) => name)
    const layers = images.built.filter(({ name }) => nodes.includes(name)).map(one => one.layers[0])
    expect(new Set(layers).size).toBe(1)
  })

  describe.each([...IMAGES])('$name', ({ name }) => {
    let root: Root
    let paths: string[]

    beforeAll(async () => {
      const { reference = '' } = images.built.find(one => one.name === name) ?? {}
      root = await openRoot(images.builder, reference)
      paths = readdirSync(root.path, { recursive: true, encoding: 'utf8' })
    })
    afterAll(async () => await root[Symbol.asyncDispose]())

    const named = (pattern: RegExp) => paths.filter(path => pattern.test(basename(path)))

    it('knows its user', () => {
      const lines = (file: string) => readFileSync(join(root.path, file), 'utf8').split('\n')
      const user = 'platen:x:10001:10001:Platen:/nonexistent:/usr/sbin/nologin'
      expect(lines('etc/passwd')).toContain(user)
      expect(lines('etc/group')).toContain('platen:x:10001:')
    })

    it('holds nothing that installs software', () => {
      expect(named(INSTALLERS).filter(path => /(^|\/)s?bin\//.test(path))).toEqual([])
      expect(paths.filter(path => MANAGERS.test(path))).toEqual([])
    })

    it('has a shell only where a pod needs one', () => {
      expect(named(SHELLS).length > 0).toBe(WITH_SHELL.includes(name))
    })

    it('holds bundles, and of packages only what they say of themselves', () => {
      const files = paths.filter(
        path => path.startsWith('app/') && lstatSync(join(root.path, path)).isFile(),
      )
      const told =
        /^app\/(.+\/)?node_modules\/.+\/(package\.json|(licen[cs]e|copying|notice)[^/]*)$/i
      const ours = /^app\/([\w-]+\.mjs|migrations\/[\w.-]+\.sql)$/
      expect(files.filter(path => !told.test(path) && !ours.test(path))).toEqual([])
    })

    it('holds nothing that its user may not read, may change, or becomes another one by', () => {
      const wrong = paths.filter(path => {
        const stat = lstatSync(join(root.path, path))
        if (stat.isSymbolicLink()) return false
        const { mode, uid } = stat
        const isOpen = (mode & 0o002) !== 0 && path !== 'tmp'
        return (mode & 0o004) === 0 || isOpen || (mode & 0o6000) !== 0 || uid !== 0
      })
      expect(wrong).toEqual([])
    })

    it('has no library that is missing', async () => {
      const programs = paths.filter(path =>
        /\.so(\.\d+)*$|\.node$|^usr\/(local\/)?s?bin\//.test(path),
      )
      const list = programs.map(path => `/${path}`).join(' ')
      const loader = `/${paths.find(path => /\/ld-linux[^/]*$/.test(path))}`
      const { said } = await inPod(
        root,
        `for file in ${list}; do as_user ${loader} --list "$file" 2>&1 | sed "s|^|$file: |"; done; exit 0`,
      )
      expect(said.split('\n').filter(line => / (not found|cannot open shared)/.test(line))).toEqual(
        [],
      )
    })

    it.each(STARTS[name])('$what', async ({ script, status, says }) => {
      const answer = await inPod(root, typeof script === 'string' ? script : await script(root))
      expect(answer).toEqual({ status, said: expect.stringMatching(says) })
    })
  })
})
