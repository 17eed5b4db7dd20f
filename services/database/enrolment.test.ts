import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../test/support/database.ts'
import { createSite } from './accounts.ts'
import type { Sql } from './connect.ts'
import { createEnrolmentCode, enrolMonitor, revokeEnrolmentCode } from './enrolment.ts'

const HOST = 'acme.platen.example'

let database: TestDatabase
/** As the API has it. */
let api: Sql
let site: string
beforeAll(async () => {
  database = await freshDatabase()
  api = database.as('platen_api')
  site = await createSite(database.sql, 'Head Office, 1st floor')
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  await database.sql`truncate enrolment_code, prosody, monitor cascade`
})

const makePassword = () => randomBytes(32).toString('base64url')
const makeCode = () => createEnrolmentCode(api, { site, createdBy: null, expiresInHours: 24 })
const enrol = (code: string, password = makePassword()) =>
  enrolMonitor(api, { code, password, host: HOST })

const monitors = () =>
  database.sql<{ name: string; site_id: string }[]>`select name, site_id from monitor`

/** Whether Prosody would let the account in by SCRAM-SHA-1: RFC 5802, section 3. */
async function letsIn(user: string, password: string): Promise<boolean> {
  const rows = await database.sql<{ key: string; value: string }[]>`
    select key, value from prosody where host = ${HOST} and "user" = ${user} and store = 'accounts'`
  const {
    salt = '',
    iteration_count,
    stored_key,
  } = Object.fromEntries(rows.map(({ key, value }) => [key, value]))
  const salted = pbkdf2Sync(password, salt, Number(iteration_count), 20, 'sha1')
  const clientKey = createHmac('sha1', salted).update('Client Key').digest()
  return createHash('sha1').update(clientKey).digest('hex') === stored_key
}

describe('a code', () => {
  it('is traded for a monitor at its site and an account that its password opens', async () => {
    const { code, expiresAt } = await makeCode()
    const password = makePassword()
    const enrolled = await enrol(code, password)
    expect(enrolled).toEqual({
      outcome: 'enrolled',
      monitor: expect.stringMatching(/^head-office-1st-floor-[0-9a-f]{10}$/),
      site: 'Head Office, 1st floor',
    })
    const [monitor] = await monitors()
    expect(enrolled).toMatchObject({ monitor: monitor?.name })
    expect(monitor?.site_id).toBe(site)
    expect(await letsIn(monitor?.name ?? '', password)).toBe(true)
    expect(+expiresAt - Date.now()).toBeGreaterThan(23.9 * 3_600_000)
  })

  it('has 28 symbols of 32 that nobody misreads, and is kept as its hash', async () => {
    const { code } = await makeCode()
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/)
    const rows = await database.sql<
      { text: string }[]
    >`select c::text as text from enrolment_code c`
    expect(rows.map(({ text }) => text).join()).not.toContain(code)
    expect((await makeCode()).code).not.toBe(code)
  })

  it('may be typed in any way in which it can be read', async () => {
    const { code } = await makeCode()
    const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}\n`
    expect((await enrol(typed)).outcome).toBe('enrolled')
  })

  it('is good once: another monitor learns that it was used, and nothing is made', async () => {
    const { code } = await makeCode()
    await enrol(code)
    expect(await enrol(code)).toEqual({ outcome: 'used' })
    expect(await monitors()).toHaveLength(1)
  })

  it('is good once also for those who come at once', async () => {
    const { code } = await makeCode()
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => (await enrol(code)).outcome),
    )
    expect(outcomes.filter(outcome => outcome === 'enrolled')).toHaveLength(1)
    expect(outcomes.filter(outcome => outcome === 'used')).toHaveLength(7)
    expect(await monitors()).toHaveLength(1)
  })

  it('gives the same monitor the same again, also when both questions are under way', async () => {
    const { code } = await makeCode()
    const password = makePassword()
    const answers = await Promise.all(Array.from({ length: 4 }, () => enrol(code, password)))
    expect(answers[0]).toMatchObject({ outcome: 'enrolled' })
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
    expect(await monitors()).toHaveLength(1)
    expect(await database.sql`select from prosody`).toHaveLength(4)
  })

  it('gives it that for a week after its use, expired or not, and no longer', async () => {
    const { code } = await makeCode()
    const password = makePassword()
    await enrol(code, password)
    const age = (days: number) => database.sql`
      update enrolment_code set expires_at = now() - interval '1 hour', used_at = now() - make_interval(days => ${days})`
    await age(6)
    expect(await enrol(code, password)).toMatchObject({ outcome: 'enrolled' })
    await age(7)
    expect(await enrol(code, password)).toEqual({ outcome: 'used' })
  })

  it('that has expired makes nothing', async () => {
    const { code } = await makeCode()
    await database.sql`update enrolment_code set expires_at = now()`
    expect(await enrol(code)).toEqual({ outcome: 'expired' })
    expect(await monitors()).toEqual([])
  })

  it('that was revoked makes nothing, and one that is used or over cannot be revoked', async () => {
    const [open, used] = [await makeCode(), await makeCode()]
    const password = makePassword()
    await enrol(used.code, password)
    expect(await revokeEnrolmentCode(api, open.code.toLowerCase())).toBe(true)
    expect(await enrol(open.code)).toEqual({ outcome: 'expired' })
    for (const code of [open.code, used.code, 'ABCD']) {
      expect(await revokeEnrolmentCode(api, code)).toBe(false)
    }
    expect(await enrol(used.code, password)).toMatchObject({ outcome: 'enrolled' })
  })

  it('that nobody made is unknown', async () => {
    await makeCode()
    expect(await enrol('0000-0000-0000-0000-0000-0000-0000')).toEqual({ outcome: 'unknown' })
  })

  it('is still good when the monitor could not be made', async () => {
    const { code } = await makeCode()
    await database.sql`alter table monitor add constraint none check (false) not valid`
    await expect(enrol(code)).rejects.toThrow('none')
    await database.sql`alter table monitor drop constraint none`
    expect(await database.sql`select from prosody`).toEqual([])
    expect((await enrol(code)).outcome).toBe('enrolled')
  })
})

describe('the role of the API', () => {
  it('may make accounts by codes only, and neither read nor change any', async () => {
    await expect(api`select * from prosody`).rejects.toThrow('permission denied')
    await expect(
      api`insert into prosody values ('h', 'u', 'accounts', 'k', 't', 'v')`,
    ).rejects.toThrow('permission denied')
    await expect(api`insert into monitor (name, site_id) values ('m', ${site})`).rejects.toThrow(
      'permission denied',
    )
    await expect(api`update enrolment_code set used_at = null`).rejects.toThrow('permission denied')
    await expect(api`select password_hash from enrolment_code`).rejects.toThrow('permission denied')
  })

  it('cannot put tables of its own before those of the owner’s function', async () => {
    const { code } = await makeCode()
    const shadowed = database.as('platen_api')
    await shadowed.begin(async tx => {
      await tx`create temporary table prosody (host text, "user" text, store text, key text, type text, value text)`
      await tx`create temporary table enrolment_code (id uuid)`
      const rows = await tx<{ outcome: string }[]>`
        select outcome from enrol(${createHash('sha256').update(code.replaceAll('-', '')).digest()}, 'x',
          'north', ${HOST}, 's', 1, 'k', 'k')`
      expect(rows).toEqual([{ outcome: 'enrolled' }])
      expect(await tx`select from pg_temp.prosody`).toEqual([])
    })
    expect(await database.sql`select from prosody`).toHaveLength(4)
  })

  it('is the only one of the processes that enrols', async () => {
    for (const role of ['platen_ingest', 'platen_xmpp'] as const) {
      await expect(database.as(role)`select enrol('', '', '', '', '', 1, '', '')`).rejects.toThrow(
        'permission denied',
      )
    }
  })
})

it('calls a monitor by its site, as far as its key can be part of an address', async () => {
  const names = await Promise.all(
    ['--', 'Ägypten', 'a'.repeat(200), 'berlin'].map(async key => {
      const { code } = await createEnrolmentCode(api, {
        site: await createSite(database.sql, key),
        createdBy: null,
        expiresInHours: 1,
      })
      const enrolled = await enrol(code)
      return enrolled.outcome === 'enrolled' ? enrolled.monitor.replace(/[0-9a-f]{10}$/, '') : ''
    }),
  )
  expect(names).toEqual(['monitor-', 'gypten-', `${'a'.repeat(40)}-`, 'berlin-'])
})
