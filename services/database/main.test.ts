import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { ensurePartitions } from './partitions.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const ROLE_PASSWORDS = {
  PLATEN_ROLE_API_PASSWORD: 'a',
  PLATEN_ROLE_INGEST_PASSWORD: 'b',
  PLATEN_ROLE_XMPP_PASSWORD: 'c',
}

function run(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

it.each([['--help'], ['prepare', '--help'], ['expire', '-h']])('explains itself: %s', (...args) => {
  const { status, stdout } = run(args)
  expect(status).toBe(0)
  expect(stdout).toMatch(/^usage: .*PLATEN_SITES_FILE.*--months N/s)
})

const NOWHERE = { PLATEN_DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' }

it.each([
  { why: 'no command', args: [], env: {}, says: '"" is no command; give migrate, prepare, expire' },
  { why: 'no such command', args: ['drop'], env: {}, says: '"drop" is no command' },
  { why: 'no URL', args: ['migrate'], env: {}, says: 'PLATEN_DATABASE_URL is not set' },
  {
    why: 'no password',
    args: ['prepare'],
    env: { ...NOWHERE, ...ROLE_PASSWORDS, PLATEN_ROLE_XMPP_PASSWORD: '' },
    says: 'PLATEN_ROLE_XMPP_PASSWORD is not set',
  },
  { why: 'no months', args: ['expire'], env: NOWHERE, says: 'PLATEN_RETENTION_MONTHS is not set' },
  {
    why: 'no number of months',
    args: ['expire', '--months', '0'],
    env: NOWHERE,
    says: '"0" is no number of months; give 1 to 1200',
  },
  {
    why: 'months for another command',
    args: ['migrate', '--months', '3'],
    env: NOWHERE,
    says: '--months is for expire only',
  },
  { why: 'an unknown option', args: ['expire', '--years', '3'], env: {}, says: '--years' },
])('ends with 2 and a sentence: $why', ({ args, env, says }) => {
  const { status, stderr } = run(args, env)
  expect(stderr).toContain(says)
  expect(stderr).toMatch(/^cannot .*\nsee --help\n$/)
  expect(status).toBe(2)
})

it('ends with 1 and a sentence when the database is away, or the sites cannot be read', () => {
  const away = run(['migrate'], NOWHERE)
  expect(away).toMatchObject({ status: 1, stderr: expect.stringMatching(/^cannot migrate: .*\n$/) })
  const env = { ...NOWHERE, ...ROLE_PASSWORDS, PLATEN_SITES_FILE: '/nowhere/sites.json' }
  expect(run(['prepare'], env)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^cannot prepare: ENOENT.*\/nowhere\/sites.json'\n$/),
  })
})

it('says what it deleted, by the option or else the variable', async () => {
  await using database = await freshDatabase()
  await ensurePartitions(database.sql, ['2020-01', '2022-02'])
  await database.sql`insert into incident_reading values (uuidv7(), '2022-02-01', '[]')`
  const env = { PLATEN_DATABASE_URL: database.url, PLATEN_RETENTION_MONTHS: '1200' }
  expect(run(['expire'], env).stdout).toBe('no readings are older than 1200 months\n')
  const { status, stdout } = run(['expire', '--months', '24'], env)
  expect(status).toBe(0)
  expect(stdout.split('\n')).toContain('deleted meter_reading_2020_01')
})

it('says where the sites are wrong', () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'sites.json')
  writeFileSync(file, '{}')
  const env = { ...NOWHERE, ...ROLE_PASSWORDS, PLATEN_SITES_FILE: file }
  const { status, stderr } = run(['prepare'], env)
  expect(stderr).toMatch(/^cannot read the sites: give a list/)
  expect(status).toBe(1)
})
