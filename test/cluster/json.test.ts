import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { readJson, writeJson } from './json.ts'

it('a file says what was written last, and nothing is left beside it', () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'file.json')
  writeJson(file, ['one'])
  writeJson(file, ['two'])
  expect(readJson(file)).toEqual(['two'])
  expect(readdirSync(directory.path)).toEqual(['file.json'])
})

it.each([
  { name: 'no file', text: undefined },
  { name: 'an empty file', text: '' },
  { name: 'half a file', text: '{"pid":12' },
])('$name says nothing', ({ text }) => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'file.json')
  if (text !== undefined) writeFileSync(file, text)
  expect(readJson(file)).toBeUndefined()
})
