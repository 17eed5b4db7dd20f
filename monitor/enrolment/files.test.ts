import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import {
  EnrolmentError,
  readEnrolment,
  readRequest,
  writeEnrolment,
  writeRequest,
} from './files.ts'

const REQUEST = { codeHash: 'abc', password: 'secret' }
const ENROLMENT = {
  ...REQUEST,
  user: 'berlin-1',
  domain: 'acme.example',
  xmppPort: 5222,
  certificateAuthority: null,
  licence: 'e30.e30.AA',
  licencePublicKey: 'PEM',
}

it('gives back what was kept, and nothing where nothing was', () => {
  using directory = temporaryDirectory()
  const data = join(directory.path, 'data')
  expect(readEnrolment(data)).toBeUndefined()
  expect(readRequest(data)).toBeUndefined()
  writeRequest(data, REQUEST)
  writeEnrolment(data, ENROLMENT)
  writeEnrolment(data, { ...ENROLMENT, user: 'berlin-2' })
  expect(readRequest(data)).toEqual(REQUEST)
  expect(readEnrolment(data)).toEqual({ ...ENROLMENT, user: 'berlin-2' })
  expect(readdirSync(data).sort()).toEqual(['enrolment.json', 'enrolment.request.json'])
})

it('is for the monitor alone, also where it was open to others before', () => {
  using directory = temporaryDirectory()
  const data = join(directory.path, 'data')
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
  writeEnrolment(data, ENROLMENT)
  const file = join(data, 'enrolment.json')
  expect([data, file].map(modeOf)).toEqual(['700', '600'])
  chmodSync(file, 0o664)
  readEnrolment(data)
  expect(modeOf(file)).toBe('600')
  writeFileSync(`${file}.new`, 'what a kill has left', { mode: 0o644 })
  writeEnrolment(data, ENROLMENT)
  expect(modeOf(file)).toBe('600')
})

it.each([
  { why: 'cut off', text: '{"version":1,"codeHash":"ab' },
  { why: 'empty', text: '' },
  { why: 'something else', text: '[]' },
  { why: 'incomplete', text: JSON.stringify({ version: 1, ...REQUEST }) },
])('moves a file aside that is $why', ({ text }) => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'enrolment.json')
  writeFileSync(file, text)
  expect(readEnrolment(directory.path)).toBe('damaged')
  expect(readEnrolment(directory.path)).toBeUndefined()
  expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(text)
})

it('leaves a file alone that a newer version has made', () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'enrolment.json')
  writeFileSync(file, '{"version":2}')
  expect(() => readEnrolment(directory.path)).toThrow(/newer version .* start that version/)
  expect(readFileSync(file, 'utf8')).toBe('{"version":2}')
})

it('says what to do about a file that cannot be read, and about a place where none can be written', () => {
  using directory = temporaryDirectory()
  mkdirSync(join(directory.path, 'enrolment.json'))
  const read = () => readEnrolment(directory.path)
  expect(read).toThrow(EnrolmentError)
  expect(read).toThrow('cannot read the account of the monitor: EISDIR; check PLATEN_DATA')
  const write = () => writeRequest('/dev/null/data', REQUEST)
  expect(write).toThrow('cannot keep the account of the monitor: ENOTDIR; check PLATEN_DATA')
})
