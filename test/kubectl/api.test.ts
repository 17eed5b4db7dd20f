import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer, request } from 'node:https'
import { dirname, join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createApiToken } from '@platen/database'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MONITOR_CHART } from '../charts/chart.ts'
import { serverCertificate } from '../kubernetes/certificates.ts'
import { describeHelm, describeKubernetes, findAssets } from '../kubernetes/index.ts'
import { secretNamed, within } from '../operator/support/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { startProcess } from '../support/process.ts'
import { ledgerMap, makeLedger, residencyOf, type TestLedger } from './support/ledger.ts'
import { portOf } from './support/port.ts'
import { furnish, HOST, REGION, type Stage, startStage, TENANT } from './support/stage.ts'

const LONG = 180_000

describeKubernetes("kubectl platen asks the tenant's own API", () => {
  let stack: AsyncDisposableStack
  let stage: Stage
  let ledger: TestLedger
  let edge: string

  beforeAll(async () => {
    stack = new AsyncDisposableStack()
    stage = stack.use(await startStage('plugin-api'))
    await furnish(stage)
    const database = stack.use(await freshDatabase())
    await addMonitors(database)
    ledger = makeLedger(70)
    edge = await startApi(database)
    const token = await createApiToken(database.sql, 'platform')
    const authority = readFileSync(stage.plane.caFile, 'utf8')
    await stage.setStatus(`${REGION}/de`, {
      certificateAuthority: authority,
      ledgerKeys: ledger.keys,
    })
    await stage.setStatus(`${TENANT}/acme`, { residency: residencyOf(ledger) })
    await stage.apply(
      secretNamed('tenant-acme', 'api-platform', { username: 'platform', password: token }),
      ledgerMap(ledger.lines.slice(-64)),
    )
  }, LONG)
  afterAll(() => stack?.[Symbol.asyncDispose]())

  const run = (...args: string[]) => stage.plugin.run(args)

  /** The real one, with the certificate of the tenant's host; the edge passes on what it says as it is. */
  async function startApi(database: TestDatabase): Promise<string> {
    const directory = join(stage.plane.directory, 'api')
    mkdirSync(directory)
    const write = (name: string, content: string) => writeFileSync(join(directory, name), content)
    const { certificate, key } = await serverCertificate(stage.plane.directory, [HOST])
    write('tls.crt', certificate)
    write('tls.key', key)
    write('entries.jsonl', ledger.lines.map(line => `${line}\n`).join(''))
    write('keys.json', JSON.stringify(ledger.keys))
    const licence = generateKeyPairSync('ed25519')
    write('private.pem', licence.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    write('public.pem', licence.publicKey.export({ type: 'spki', format: 'pem' }).toString())
    const api = stack.use(
      startProcess('services/api/main.ts', {
        PLATEN_DATABASE_URL: database.urlAs('platen_api'),
        PLATEN_API_PORT: '0',
        PLATEN_API_TLS_CERTIFICATE: join(directory, 'tls.crt'),
        PLATEN_API_TLS_KEY: join(directory, 'tls.key'),
        PLATEN_LEDGER_DIRECTORY: directory,
        PLATEN_XMPP_DOMAIN: HOST,
        PLATEN_LICENCE_KEY_DIRECTORY: directory,
      }),
    )
    const { apiPort } = await api.logged(/^listening$/, 60)
    await within(async () => {
      expect(await api.page('/metrics')).toMatch(/^platen_ledger_entries_total 70$/m)
    })
    return `127.0.0.1:${apiPort}`
  }

  async function addMonitors({ sql }: TestDatabase): Promise<void> {
    const [site] = await sql<
      { id: string }[]
    >`insert into site (key, name) values ('munich', 'Munich office') returning id`
    await sql`
      insert into monitor (name, site_id, last_contact_at)
      values ('munich-1', ${site?.id ?? null}, now() - interval '3 minutes'), ('munich-2', ${site?.id ?? null}, null)`
  }

  it('when a monitor reported last', async () => {
    const { out, err } = await run('status', 'acme', '--edge', edge)
    expect(err).toBe('')
    expect(out).toMatch(
      /^last report +3 min ago, of monitor munich-1; 2 monitors, 1 of which never reported$/m,
    )
    expect(out).not.toContain('Munich office')
  })

  it('for the whole ledger, of which the cluster has the newest 64 entries', async () => {
    const { status, out, err } = await run('ledger', 'acme', '--verify', '--edge', edge)
    expect(err).toBe('70 entries, the whole ledger, from the API\n')
    expect(out).toMatch(/^70 signed entries, 1 to 70,/m)
    expect(out).toMatch(/^nothing speaks against this ledger$/m)
    expect(status).toBe(0)
    const part = await run('ledger', 'acme', '--verify')
    expect(part.err).toMatch(
      /^the newest 64 entries, from entry 7 on, from the ConfigMap residency-ledger, because of the API: /,
    )
    expect(part.out).toMatch(
      /^notice: this is a part of a ledger: entries before 7 were not looked at$/m,
    )
    expect(part.status).toBe(0)
  })

  it('for the ledger, which proves little by the keys that it brings itself', async () => {
    await stage.setStatus(`${REGION}/de`, { ledgerKeys: null })
    const { status, out } = await run('ledger', 'acme', '--verify', '--edge', edge)
    expect(out).toMatch(/^ATTENTION: the Region publishes no key/m)
    expect(status).toBe(3)
    await stage.setStatus(`${REGION}/de`, { ledgerKeys: ledger.keys })
  })

  it('and hears where it is neither by name nor through the edge', async () => {
    const { out } = await run('status', 'acme')
    expect(out).toMatch(
      /^last report: not readable: cannot reach the edge of region de: acme\.de\.platen\.example:443 does not answer \([^)]+\), and no port can be forwarded to it \(services "edge" not found\); say where it is with --edge HOST:PORT$/m,
    )
  })

  it('and sends nothing to anybody else', async () => {
    const { certificate, key } = await serverCertificate(stage.plane.directory, [
      'beta.de.platen.example',
    ])
    let asked = 0
    const server = createServer({ cert: certificate, key }, () => void asked++).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const { out } = await run('status', 'acme', '--edge', `127.0.0.1:${portOf(server)}`)
    server.close()
    expect(out).toMatch(
      /^last report: not readable: cannot ask the API at acme\.de\.platen\.example .*does not prove to be the tenant \(ERR_TLS_CERT_ALTNAME_INVALID\); nothing was sent$/m,
    )
    expect(asked).toBe(0)
  })

  describeHelm('for a code', () => {
    it('with which a monitor gets its account, by the commands that are printed', async () => {
      const { status, out, err } = await run(
        ...['enrol', 'acme', 'munich', '--expires', '7d', '--network', '10.1.0.0/24'],
        ...['--chart', MONITOR_CHART, '--edge', edge],
      )
      expect(status, err).toBe(0)
      const [code = '', ...script] = out.split('\n')
      const chart = await rendered(script.join('\n'))
      expect(code).toMatch(/^[\w-]{20,}$/)
      expect(chart).toContain(code)
      expect(chart).toContain(`https://${HOST}`)
      expect(chart).toContain('10.1.0.0/24')
      expect(chart).toContain('registry.example.com/platen/platen-monitor:1.0.0')
      expect(chart).toContain('BEGIN CERTIFICATE')
      const account = await enrolled(code)
      expect(account).toMatchObject({ user: expect.stringMatching(/^munich-/), domain: HOST })
    })
  })

  /** What the customer's helm makes of it. */
  async function rendered(script: string): Promise<string> {
    expect(script).toMatch(/^helm install platen-monitor /m)
    const { helm } = await findAssets(['helm'])
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-euc', script.replace('helm install', 'helm template')],
      {
        cwd: stage.plugin.temporary,
        env: { PATH: `${dirname(helm)}:/usr/bin:/bin`, HOME: stage.plugin.temporary },
      },
    )
    return stdout
  }

  /** As a monitor does it. */
  async function enrolled(code: string): Promise<unknown> {
    const outgoing = request(`https://${edge}/enrol`, {
      method: 'POST',
      servername: HOST,
      ca: readFileSync(stage.plane.caFile, 'utf8'),
      headers: { 'content-type': 'application/json' },
    })
    outgoing.end(JSON.stringify({ code, password: randomBytes(32).toString('base64url') }))
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    return await json(incoming)
  }

  it('for a code that is good for longer than any', async () => {
    const { status, err } = await run('enrol', 'acme', 'munich', '--expires', '30d', '--edge', edge)
    expect(err).toMatch(/^cannot ask the API at acme\.de\.platen\.example: .*1 to 168/)
    expect(status).toBe(2)
  })

  it('and says so where it does not take the token', async () => {
    const password = `platen_${'x'.repeat(43)}`
    await stage.apply(
      secretNamed('tenant-acme', 'api-platform', { username: 'platform', password }),
    )
    const { status, err } = await run('enrol', 'acme', 'munich', '--edge', edge)
    expect(err).toMatch(
      /^cannot ask the API at .*: it does not take the token of the Secret api-platform/,
    )
    expect(status).toBe(2)
  })

  it('for no code of a site that there is not', async () => {
    const { status, err } = await run('enrol', 'acme', 'berlin')
    expect(err).toBe(
      'cannot enrol a monitor at berlin: tenant acme has the sites munich, leipzig; add it to spec.sites first\n',
    )
    expect(status).toBe(2)
  })

  it('and cannot where the Region is not readable, because nobody knows then where the tenant lives', async () => {
    await stage.apply(
      role('acme-only', [
        { apiGroups: ['platen.dev'], resources: ['tenants'], verbs: ['get'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
      ]),
    )
    await stage.plane.kubectl([
      'create',
      'clusterrolebinding',
      'bert',
      '--clusterrole=acme-only',
      '--user=bert',
    ])
    const kubeconfig = await stage.plane.userKubeconfig({ user: 'bert' })
    const { status, err } = await stage.plugin.run(['ledger', 'acme', '--verify'], { kubeconfig })
    expect(err).toMatch(/cannot export the ledger of acme: .*the Region de is not readable/)
    expect(status).toBe(2)
  })
})

function role(name: string, rules: object[]) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules,
  }
}
