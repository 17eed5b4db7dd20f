import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEnrolmentCode, createSite } from '@platen/database'
import { freePorts } from '@platen/local'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryDirectory } from './support/directory.ts'
import { type EnrollingApi, startEnrollingApi, startLossyRelay } from './support/enrolment.ts'
import { startProcess, type TestProcess } from './support/process.ts'
import { startIngest } from './support/sender.ts'
import { startTestTenant, type TestTenant } from './support/tenant.ts'

const WITHIN = { timeout: 20_000 }
const LONG = 60_000

let tenant: TestTenant
let api: EnrollingApi
let site: string
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  tenant = stack.use(await startTestTenant())
  stack.use(await startIngest(tenant))
  api = stack.use(await startEnrollingApi(tenant))
  site = await createSite(tenant.database.sql, 'berlin')
}, LONG)
afterAll(() => stack.disposeAsync())

async function makeCode(): Promise<string> {
  const { sql } = tenant.database
  return (await createEnrolmentCode(sql, { site, createdBy: null, expiresInHours: 1 })).code
}

interface Given {
  data: string
  code?: string
  port?: number
  more?: Record<string, string>
}

function startMonitor({ data, code, port = api.port, more = {} }: Given): TestProcess {
  return startProcess('monitor/main.ts', {
    PLATEN_DATA: data,
    PLATEN_ENROL_URL: `https://localhost:${port}`,
    ...(code !== undefined && { PLATEN_ENROL_CODE: code }),
    PLATEN_ENROL_CA_FILE: api.authorityFile,
    PLATEN_XMPP_HOST: '127.0.0.1',
    PLATEN_NETWORKS: '127.66.0.1/32',
    ...more,
  })
}

/** Monitors that have used the code, by name, and whether they have reported. */
async function monitors(code: string) {
  const { sql } = tenant.database
  return await sql<{ name: string; reports: boolean }[]>`
    select m.name, m.last_contact_at is not null as reports
    from enrolment_code c join monitor m on m.id = c.monitor_id
    where c.hash = sha256(convert_to(${code.replaceAll('-', '')}, 'UTF8'))`
}

const monitorCount = async () => (await tenant.database.sql`select from monitor`).length

const connected = (monitor: TestProcess) => monitor.logged(/^connected to the XMPP server$/, 30)

async function stop(monitor: TestProcess): Promise<void> {
  monitor.kill('SIGTERM')
  expect(await monitor.exited, JSON.stringify(monitor.log)).toBe(0)
}

function directories() {
  const directory = temporaryDirectory()
  return { ...directory, data: join(directory.path, 'data') }
}

const keptIn = (data: string) => JSON.parse(readFileSync(join(data, 'enrolment.json'), 'utf8'))

describe('a monitor with a one-time code', () => {
  it(
    'enrols, logs in and reports, and after a restart needs neither the code nor the API',
    async () => {
      using at = directories()
      const code = await makeCode()
      const codeFile = join(at.path, 'code')
      writeFileSync(codeFile, `${code}\n`)
      const more = { PLATEN_ENROL_CODE_FILE: codeFile }
      const first = startMonitor({ data: at.data, more })
      await first.logged(/^enrolled$/, 30)
      await connected(first)
      await expect.poll(() => monitors(code), WITHIN).toMatchObject([{ reports: true }])
      expect(await first.page('/readyz')).toContain('[+] enrolment ok')
      await stop(first)

      const [monitor] = await monitors(code)
      expect(monitor?.name).toMatch(/^berlin-[0-9a-f]{10}$/)
      expect(keptIn(at.data)).toMatchObject({ user: monitor?.name, licence: expect.any(String) })
      expect(statSync(join(at.data, 'enrolment.json')).mode & 0o777).toBe(0o600)
      const { password } = keptIn(at.data)
      const said = JSON.stringify([first.log, api.process.log])
      for (const secret of [code, password, monitor?.name]) expect(said).not.toContain(secret)

      const [nobody = 0] = await freePorts(1)
      for (const again of [{ more }, { code: code.toLowerCase().replaceAll('-', '') }, {}]) {
        const restarted = startMonitor({ data: at.data, port: nobody, ...again })
        await connected(restarted)
        await stop(restarted)
      }
    },
    LONG,
  )

  describe('whose answer is lost', () => {
    /** The account is made, and the monitor never hears of it. */
    async function askInVain(data: string) {
      const relay = await startLossyRelay(api.port)
      const given = { data, code: await makeCode(), port: relay.port }
      const before = await monitorCount()
      relay.mute()
      const monitor = startMonitor(given)
      await expect.poll(() => monitors(given.code), WITHIN).toHaveLength(1)
      expect(existsSync(join(data, 'enrolment.json'))).toBe(false)
      return { relay, monitor, given, before }
    }

    async function expectSameAccount({ data, code }: Given, before: number) {
      const [made] = await monitors(code ?? '')
      expect(keptIn(data).user).toBe(made?.name)
      expect(await monitorCount()).toBe(before + 1)
    }

    it(
      'because the connection breaks gets the same account by asking again',
      async () => {
        using at = directories()
        const { relay, monitor, given, before } = await askInVain(at.data)
        relay.heal()
        await connected(monitor)
        expect(monitor.log.map(({ msg }) => msg)).toContainEqual(
          expect.stringMatching(/^cannot enrol: .*; trying again$/),
        )
        await expectSameAccount(given, before)
        await stop(monitor)
        await relay[Symbol.asyncDispose]()
      },
      LONG,
    )

    it(
      'because it is killed gets the same account in its next life',
      async () => {
        using at = directories()
        const { relay, monitor, given, before } = await askInVain(at.data)
        monitor.kill('SIGKILL')
        expect(await monitor.exited).toBe('SIGKILL')
        relay.heal()
        const next = startMonitor(given)
        await connected(next)
        await expectSameAccount(given, before)
        await stop(next)
        await relay[Symbol.asyncDispose]()
      },
      LONG,
    )
  })

  it(
    'waits for an API that is away, and says so at /readyz',
    async () => {
      using at = directories()
      const [port = 0, healthPort = 0] = await freePorts(2)
      const more = { PLATEN_HEALTH_PORT: String(healthPort) }
      const monitor = startMonitor({ data: at.data, code: await makeCode(), port, more })
      await monitor.logged(/^cannot enrol: nothing listens there; check PLATEN_ENROL_URL; trying/)
      const readiness = await fetch(`http://127.0.0.1:${healthPort}/readyz`)
      expect(readiness.status).toBe(503)
      expect(await readiness.text()).toContain('[-] enrolment not ready')
      await using _ = await startLossyRelay(api.port, port)
      await connected(monitor)
      await stop(monitor)
    },
    LONG,
  )

  it('tells no password to a server that it cannot trust, tries again, and can be stopped meanwhile', async () => {
    using at = directories()
    const code = await makeCode()
    const more = { PLATEN_ENROL_CA_FILE: tenant.prosody.caFile, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    await using monitor = startMonitor({ data: at.data, code, more })
    await monitor.logged(
      /^cannot enrol: its certificate is signed by nobody known; check PLATEN_ENR/,
    )
    expect(await monitors(code)).toEqual([])
    await stop(monitor)
  })
})

describe('a code that is worth nothing', () => {
  const USED = /^cannot start monitor: PLATEN_ENROL_CODE is refused: it was used already; ask/

  it(
    'ends the monitor with status 2 and a sentence',
    async () => {
      const { sql } = tenant.database
      const expired = await makeCode()
      await sql`update enrolment_code set expires_at = now() where used_at is null`
      const cases = [
        {
          code: expired,
          says: /^cannot start monitor: PLATEN_ENROL_CODE is refused: it has expired;/,
        },
        { code: 'ABCD-EFGH', says: /PLATEN_ENROL_CODE is refused: there is no such code at/ },
        { code: '', says: /^cannot start monitor: PLATEN_ENROL_CODE is not set$/ },
      ]
      for (const { code, says } of cases) {
        using at = directories()
        await using monitor = startMonitor({ data: at.data, code })
        expect(await monitor.exited).toBe(2)
        expect(monitor.log.map(({ text = '' }) => text).join('\n')).toMatch(says)
      }
    },
    LONG,
  )

  it(
    'is so for the second of two monitors that come with it at once',
    async () => {
      using one = directories()
      using two = directories()
      const code = await makeCode()
      await using first = startMonitor({ data: one.data, code })
      await using second = startMonitor({ data: two.data, code })
      const ends = [first, second].map(async monitor =>
        Promise.race([monitor.exited, connected(monitor).then(() => 'connected')]),
      )
      expect((await Promise.all(ends)).sort()).toEqual([2, 'connected'])
      expect(await monitors(code)).toHaveLength(1)
    },
    LONG,
  )

  it(
    'is so where the disk of the monitor that used it is lost, and not where a file of it is damaged',
    async () => {
      using at = directories()
      const code = await makeCode()
      const first = startMonitor({ data: at.data, code })
      await connected(first)
      await stop(first)
      const { user } = keptIn(at.data)

      writeFileSync(join(at.data, 'enrolment.json'), '{"version":1,"user":')
      const second = startMonitor({ data: at.data, code })
      await second.logged(/^the account that was kept is damaged and moved aside; enrolling again$/)
      await connected(second)
      expect(keptIn(at.data).user).toBe(user)
      await stop(second)

      rmSync(at.data, { recursive: true })
      await using third = startMonitor({ data: at.data, code })
      expect(await third.exited).toBe(2)
      expect(third.log.map(({ text = '' }) => text).join('\n')).toMatch(USED)
    },
    LONG,
  )
})

it(
  'a monitor that is given another code enrols anew, and keeps its outbox; a bad one changes nothing',
  async () => {
    using at = directories()
    const [code, next] = [await makeCode(), await makeCode()]
    const first = startMonitor({ data: at.data, code })
    await connected(first)
    await stop(first)
    const before = keptIn(at.data)

    await using refused = startMonitor({ data: at.data, code: 'ABCD' })
    expect(await refused.exited).toBe(2)
    expect(keptIn(at.data)).toEqual(before)

    const { size } = statSync(join(at.data, 'outbox.sqlite'))
    await using second = startMonitor({ data: at.data, code: next })
    await connected(second)
    const [monitor] = await monitors(next)
    expect(keptIn(at.data)).toMatchObject({ user: monitor?.name })
    expect(keptIn(at.data).user).not.toBe(before.user)
    expect(statSync(join(at.data, 'outbox.sqlite')).size).toBeGreaterThanOrEqual(size)
    expect(existsSync(join(at.data, 'outbox.sqlite.damaged'))).toBe(false)
  },
  LONG,
)
