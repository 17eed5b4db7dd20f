import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { archiveState, connect } from '@platen/database'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from '../cluster/run.ts'
import type { Image } from './container.ts'
import { type Database, makeDatabase } from './database.ts'
import { makeStore, type Store } from './store.ts'
import { tenantInput } from './tenant.ts'

/**
 * PLATEN_DATABASE_ROOT: the unpacked file system of the image; without it, that of the image PLATEN_DATABASE_IMAGE, which
 * buildah has (by default what `npm run images` makes).
 */
const { PLATEN_DATABASE_ROOT, PLATEN_DATABASE_IMAGE = 'localhost/platen/platen-database:dev' } =
  process.env

const folder = mkdtempSync(join(tmpdir(), 'platen-backup-'))
const [ACME, OTHER, THIRD] = ['2'.repeat(8), '3'.repeat(8), '4'.repeat(8)].map(
  start => `${start}-aaaa-4bbb-8ccc-000000000002`,
) as [string, string, string]

let store: Store
let image: Image
let acme: Database
let mounted = ''

/** Times of the story: rows are 1000 at `then`, 1500 at `later`, and none after that. */
let [then, later] = ['', '']

beforeAll(async () => {
  store = await makeStore(folder, 17_444)
  await store.start()
  image = { root: PLATEN_DATABASE_ROOT ?? (await mount()), folder: join(folder, 'runc') }
  acme = database('acme', ACME, 25_432)
})

afterAll(async () => {
  await acme?.kill()
  await store?.stop()
  if (mounted) await run('buildah', ['rm', mounted])
  rmSync(folder, { recursive: true, force: true })
})

async function mount(): Promise<string> {
  mounted = (await run('buildah', ['from', '--pull-never', PLATEN_DATABASE_IMAGE])).trim()
  return (await run('buildah', ['mount', mounted])).trim()
}

function database(name: string, uid: string, port: number, country = 'DE'): Database {
  const input = tenantInput(store, { name, uid, country })
  return makeDatabase({ image, store, folder: join(folder, name), port, input })
}

const now = async () =>
  await acme.sql(
    `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  )
const rows = async (of: Database) => Number(await of.sql('SELECT count(*) FROM report'))
const add = async (count: number) =>
  await acme.sql(`INSERT INTO report SELECT generate_series(1, ${count})`)

/** Until the archive has it. */
async function archived(of: Database): Promise<void> {
  const segment = await of.sql('SELECT pg_walfile_name(pg_switch_wal())')
  const query = `SELECT last_archived_wal >= '${segment}' FROM pg_stat_archiver`
  while ((await of.sql(query)) !== 't') await sleep(500)
}

it('the database makes a backup for a Job that asks for one, and tells which', async () => {
  await acme.start()
  acme.keep()
  await acme.sql('CREATE TABLE report (number int)')
  await add(1000)
  expect(await acme.backUp()).toEqual({
    status: 0,
    told: expect.stringMatching(
      /^backed up \d{8}-\d{6}F\S*, \d+ bytes, ended \S+Z, archived to \S+Z$/,
    ),
  })
  then = await now()
  await sleep(1000)
  await add(500)
  later = await now()
  await sleep(1000)
  await acme.sql('DROP TABLE report')
  await archived(acme)
})

it('the database is restored to a second, once', async () => {
  await acme.stop()
  expect(await acme.restore({ to: then })).toEqual({
    status: 0,
    told: expect.stringMatching(/^restored/),
  })
  await acme.start()
  expect(await rows(acme)).toBe(1000)
  acme.keep()
  await add(1)
  await acme.backUp()
  await acme.stop()
  await acme.restore({ to: then })
  await acme.start()
  expect(await rows(acme)).toBe(1001)
})

it('the database is restored to what was there before a restore: that timeline is in the archive', async () => {
  await acme.stop()
  expect(await acme.restore({ to: later })).toEqual({
    status: 0,
    told: expect.stringMatching(/^restored/),
  })
  await acme.start()
  expect(await rows(acme)).toBe(1500)
  acme.keep()
  await acme.backUp()
})

it.each([
  {
    why: 'nothing was backed up then',
    to: '2001-01-01T00:00:00Z',
    says: /the oldest backup ended at/,
  },
  {
    why: 'that is still to come',
    to: '2101-01-01T00:00:00Z',
    says: /the newest that is archived is of/,
  },
  {
    why: 'nobody has that name',
    to: '2026-01-01T00:00:00Z',
    from: { tenant: 'nobody' },
    says: /there are no backups/,
  },
])('the database is left as it is, for good: $why', async ({ to, from, says }) => {
  await acme.stop()
  const wanted = { to, ...(from && { from }) }
  const refused = { status: 0, told: expect.stringMatching(says) }
  expect(await acme.restore(wanted)).toEqual(refused)
  acme.allow(false)
  expect(await acme.restore(wanted)).toEqual(refused)
  acme.allow(true)
  await acme.start()
  expect(await rows(acme)).toBe(1500)
})

it('the database that another restore had put aside when it was killed is put back, and what that left takes no room', async () => {
  await acme.stop()
  renameSync(join(acme.volume, 'data'), join(acme.volume, 'data.old'))
  const left = ['data.restoring', 'data.restored-0123'].map(name => join(acme.volume, name))
  for (const folder of left) mkdirSync(folder)
  writeFileSync(join(acme.volume, 'restored.next'), '0123\n')
  expect(await acme.restore({ to: '2001-01-01T00:00:01Z' })).toEqual({
    status: 0,
    told: expect.stringMatching(/^refused/),
  })
  expect(left.filter(existsSync)).toEqual([])
  await acme.start()
  expect(await rows(acme)).toBe(1500)
  expect(existsSync(join(acme.volume, 'restored.next'))).toBe(false)
})

it('the database waits for a store that goes away while segments are fetched', async () => {
  await acme.stop()
  const to = { to: then, from: { tenant: 'acme', uid: ACME } }
  const restoring = acme.beginRestore(to)
  while (!existsSync(join(acme.volume, 'data.restoring/recovery.signal'))) await sleep(20)
  await store.stop()
  expect(await restoring.ended).toBe(1)
  expect(restoring.told()).toMatch(/^failed \w+ \S/)
  await store.start()
  await acme.start()
  expect(await rows(acme)).toBe(1500)
})

it('the database is whole whenever a restore is killed, and restored in the end', async () => {
  await acme.stop()
  for (const delay of [200, 800, 1500, 2500, 3500, 4500, 6000, 8000]) {
    const restoring = acme.beginRestore({ to: then, from: { tenant: 'acme', uid: ACME } })
    await Promise.race([sleep(delay), restoring.ended])
    await restoring.kill('KILL').catch(() => undefined)
    await restoring.ended
    const id = /restored (\w+)/.exec(restoring.told())?.[1]
    const isWhole = existsSync(join(acme.volume, 'data/PG_VERSION')) || id !== undefined
    expect(isWhole).toBe(true)
  }
  expect(await acme.restore({ to: then, from: { tenant: 'acme', uid: ACME } })).toMatchObject({
    status: 0,
  })
  await acme.start()
  expect(await rows(acme)).toBe(1000)
  acme.keep()
  await acme.backUp()
})

it('the database of a new tenant begins with the data of another one of the same country', async () => {
  const other = database('other', OTHER, 25_433)
  expect(await other.restore({ to: then, from: { tenant: 'acme' } })).toMatchObject({ status: 0 })
  await other.start()
  expect(await rows(other)).toBe(1000)
  other.keep()
  expect(await other.backUp()).toMatchObject({ status: 0 })
  await other.stop()
})

it('the database does not begin abroad with that data: nothing of it is fetched', async () => {
  const before = store.requests().length
  const abroad = database('abroad', THIRD, 25_434, 'FR')
  expect(await abroad.restore({ to: then, from: { tenant: 'acme' } })).toEqual({
    status: 65,
    told: expect.stringContaining('the backup is of the country DE, and this tenant of FR'),
  })
  expect(existsSync(join(abroad.volume, 'data'))).toBe(false)
  const fetched = store
    .requests()
    .slice(before)
    .filter(line => / GET .*(bundle|pg_data|\.zst)/.test(line))
  expect(fetched).toEqual([])
})

it('the database serves while the object store is away, gives up segments before the volume is full, and begins anew', async () => {
  const sql = connect('postgres://platen:secret@127.0.0.1:25432/platen', { max: 1 })
  expect(await archiveState(sql)).toMatchObject({ failing: false })
  await store.stop()
  await acme.sql('INSERT INTO report VALUES (1)')
  // A 64th of 1 GiB: a quarter of it in segments of 4 MiB.
  for (let segment = 0; segment < 70; segment++) {
    await acme.sql('SELECT pg_logical_emit_message(true, $$x$$, $$x$$); SELECT pg_switch_wal()')
  }
  const gap = join(acme.volume, 'archive-gap')
  while (!(await archiveState(sql))?.failing) await sleep(500)
  await sql.end()
  while (!existsSync(gap)) await sleep(500)
  expect(await rows(acme)).toBe(1001)
  await store.start()
  while (existsSync(gap) || existsSync(`${gap}.taken`)) await sleep(1000)
  const again = await now()
  await sleep(1000)
  await acme.sql('DROP TABLE report')
  await archived(acme)
  await acme.stop()
  expect(await acme.restore({ to: again })).toMatchObject({ status: 0 })
  await acme.start()
  expect(await rows(acme)).toBe(1001)
})

it('a database whose volume was lost and made anew is restored, and otherwise backed up without being asked', async () => {
  const last = await now()
  await sleep(1000)
  await add(1)
  await archived(acme)
  await loseVolume()
  await acme.start() // an empty one, which the archive knows nothing of
  await acme.sql('SELECT pg_switch_wal()')
  await acme.stop()
  expect(await acme.restore({ to: last })).toMatchObject({
    told: expect.stringMatching(/^restored/),
  })
  await acme.start()
  expect(await rows(acme)).toBe(1001)

  await loseVolume()
  await acme.start()
  const keeper = acme.keep()
  while (!keeper.log().includes('done: backed up')) await sleep(500)
  expect(keeper.log()).toContain('making a backup: first')
  await acme.sql('CREATE TABLE report (number int)')
  await archived(acme)
})

async function loseVolume(): Promise<void> {
  await acme.kill()
  for (const name of readdirSync(acme.volume)) rmSync(join(acme.volume, name), { recursive: true })
}
