import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from '../../support/directory.ts'
import { fingerprint } from './fingerprint.ts'

function project() {
  const { path, [Symbol.dispose]: remove } = temporaryDirectory()
  onTestFinished(remove)
  const write = (file: string, text: string) => {
    mkdirSync(join(path, dirname(file)), { recursive: true })
    writeFileSync(join(path, file), text)
  }
  write('services/api/main.ts', 'one')
  write('services/api/Dockerfile', 'FROM scratch')
  write('package.json', '{}')
  return { path, write }
}

it.each([
  { what: 'a source', file: 'services/api/main.ts', text: 'two' },
  { what: 'a new file', file: 'test/fleet/models/new.ts', text: '' },
  { what: 'a Dockerfile', file: 'services/api/Dockerfile', text: 'FROM other' },
  { what: 'what may be copied', file: '.dockerignore', text: '*' },
  { what: 'the packages', file: 'package-lock.json', text: '{}' },
])('changes with $what', ({ file, text }) => {
  const { path, write } = project()
  const before = fingerprint(path)
  write(file, text)
  expect(fingerprint(path)).not.toBe(before)
})

it('changes with the mode of a file, and when one goes', () => {
  const { path } = project()
  const prints = [fingerprint(path)]
  chmodSync(join(path, 'package.json'), 0o600)
  prints.push(fingerprint(path))
  rmSync(join(path, 'services/api/main.ts'))
  prints.push(fingerprint(path))
  expect(new Set(prints).size).toBe(3)
})

it('stays with what no image holds', () => {
  const { path, write } = project()
  const before = fingerprint(path)
  write('docs/images.md', 'text')
  write('services/api/node_modules/x/index.js', 'text')
  expect(fingerprint(path)).toBe(before)
})
