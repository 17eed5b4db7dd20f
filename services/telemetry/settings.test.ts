import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  choice,
  integer,
  list,
  optional,
  port,
  readSettings,
  SettingsError,
  secret,
  text,
} from './settings.ts'

const value = text('PLATEN_X')

it.each([
  { name: 'text', setting: value, env: { PLATEN_X: 'a b' }, want: 'a b' },
  { name: 'a default', setting: text('PLATEN_X', { default: 'd' }), env: {}, want: 'd' },
  { name: 'an empty default', setting: text('PLATEN_X', { default: '' }), env: {}, want: '' },
  {
    name: 'empty as not set',
    setting: optional(value),
    env: { PLATEN_X: '' },
    want: undefined,
  },
  { name: 'a number', setting: integer('PLATEN_X'), env: { PLATEN_X: '20' }, want: 20 },
  { name: 'zero as a default', setting: integer('PLATEN_X', { default: 0 }), env: {}, want: 0 },
  {
    name: 'any free port',
    setting: port('PLATEN_X', { anyFree: true }),
    env: { PLATEN_X: '0' },
    want: 0,
  },
  {
    name: 'a list',
    setting: list('PLATEN_X'),
    env: { PLATEN_X: 'a, b,' },
    want: ['a', 'b'],
  },
  {
    name: 'a choice',
    setting: choice('PLATEN_X', ['on', 'off']),
    env: { PLATEN_X: 'off' },
    want: 'off',
  },
])('reads $name', ({ setting, env, want }) => {
  expect(readSettings<{ x: unknown }>(env, { x: setting })).toEqual({ x: want })
})

it.each([
  { why: 'it must be set', setting: value, env: {}, problem: 'PLATEN_X is not set' },
  {
    why: 'a port has a bound',
    setting: port('PLATEN_X'),
    env: { PLATEN_X: '65536' },
    problem: 'PLATEN_X is "65536"; give a whole number from 1 to 65535',
  },
  {
    why: '0 is no port where others have to find it',
    setting: port('PLATEN_X'),
    env: { PLATEN_X: '0' },
    problem: 'PLATEN_X is "0"; give a whole number from 1 to 65535',
  },
  {
    why: 'hexadecimal is no whole number to most people',
    setting: integer('PLATEN_X', { max: 99 }),
    env: { PLATEN_X: '0x10' },
    problem: 'PLATEN_X is "0x10"; give a whole number from 0 to 99',
  },
  {
    why: 'a word is not among the choices',
    setting: choice('PLATEN_X', ['on', 'off']),
    env: { PLATEN_X: 'maybe' },
    problem: 'PLATEN_X is "maybe"; give one of on, off',
  },
  {
    why: 'the file of a secret is missing',
    setting: secret('PLATEN_X'),
    env: { PLATEN_X_FILE: '/nowhere/password' },
    problem: 'PLATEN_X_FILE cannot be read (ENOENT)',
  },
  {
    why: 'two answers are one too many',
    setting: secret('PLATEN_X'),
    env: { PLATEN_X: 'a', PLATEN_X_FILE: '/nowhere/password' },
    problem: 'PLATEN_X and PLATEN_X_FILE are both set; set one of them',
  },
])('refuses because $why', ({ setting, env, problem }) => {
  const read = () => readSettings<{ x: unknown }>(env, { x: setting })
  expect(read).toThrow(new SettingsError(problem))
})

it('names everything that is wrong at once, so that nobody starts five times', () => {
  const read = () => readSettings({ C: 'x' }, { a: text('A'), b: text('B'), c: integer('C') })
  expect(read).toThrow(/^A is not set; B is not set; C is "x"/)
})

it('reads a secret from the file that NAME_FILE names, without the line end', async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'platen-telemetry-'))
  const file = join(directory.path, 'password')
  await writeFile(file, 'swordfish\n')
  const settings = readSettings({ PLATEN_X_FILE: file }, { x: secret('PLATEN_X') })
  expect(settings).toEqual({ x: 'swordfish' })
})
