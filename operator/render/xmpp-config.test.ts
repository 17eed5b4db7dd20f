import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { temporaryDirectory } from '../../test/support/directory.ts'
import {
  addMonitor,
  freePorts,
  type RunningProsody,
  runProsody,
} from '../../test/support/prosody-run.ts'
import { connectXmpp } from '../../test/support/xmpp-client.ts'
import { tenantHost } from '../names.ts'
import { makeAuthority } from '../secrets/authority.ts'
import { issueCertificate } from '../secrets/certificate.ts'
import { input } from './input.support.ts'
import { XMPP_PATHS, xmppFiles } from './xmpp-config.ts'

const one = input()
const host = tenantHost(one.tenant.metadata.name, one.region.spec.domain)
const SECRET = 'component-secret'

/** What the pod has at its fixed places, in a folder and on free ports. */
async function podFolder(directory: string, databaseUrl: string) {
  const [xmpp = 0, component = 0] = await freePorts(2)
  const url = new URL(databaseUrl)
  const databaseHost = url.searchParams.get('host') ?? url.hostname
  const here = (text: string) =>
    text
      .replaceAll(XMPP_PATHS.config, join(directory, 'config'))
      .replaceAll(XMPP_PATHS.tls, join(directory, 'tls'))
      .replaceAll(XMPP_PATHS.data, join(directory, 'data'))
      .replaceAll('5222', String(xmpp))
      .replaceAll('5347', String(component))
      .replace('host = "database"', `host = "${databaseHost}"`)
      .replace('port = 5432', `port = ${url.port || 5432}`)
      .replace('database = "platen"', `database = "${url.pathname.slice(1)}"`)
  for (const folder of ['config', 'tls']) mkdirSync(join(directory, folder))
  for (const [name, text] of Object.entries(xmppFiles(one))) {
    writeFileSync(join(directory, 'config', name), here(text))
  }
  const { domain } = one.region.spec
  const authority = await makeAuthority({ region: 'eu-central', domain, now: new Date() })
  const { certificate, key } = await issueCertificate(authority, { host, now: new Date() })
  writeFileSync(join(directory, 'tls', 'tls.crt'), certificate)
  writeFileSync(join(directory, 'tls', 'tls.key'), key)
  return { xmpp, component, url, authority }
}

async function pod(directory: string, databaseUrl: string) {
  const at = await podFolder(directory, databaseUrl)
  const prosody = await runProsody({
    directory,
    dataFolder: 'data',
    configFile: join(directory, 'config', 'prosody.cfg.lua'),
    ports: [at.xmpp, at.component],
    env: {
      DATABASE_USERNAME: decodeURIComponent(at.url.username),
      DATABASE_PASSWORD: decodeURIComponent(at.url.password),
      COMPONENT_SECRET: SECRET,
    },
  })
  return { ...at, prosody, alive: () => prosody.lua(join(directory, 'config', 'alive.lua')) }
}

/** https://xmpp.org/extensions/xep-0114.html; what the server answers to the handshake. */
async function joinAsComponent(port: number, secret: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const said = async () => String((await once(socket, 'data'))[0])
  socket.write(
    `<stream:stream xmlns="jabber:component:accept" xmlns:stream="http://etherx.jabber.org/streams" to="ingest.${host}">`,
  )
  const id = /id=['"]([^'"]+)/.exec(await said())?.[1] ?? ''
  socket.write(
    `<handshake>${createHash('sha1')
      .update(id + secret)
      .digest('hex')}</handshake>`,
  )
  const answer = await said()
  socket.destroy()
  return answer
}

it('a real Prosody takes the configuration: monitors log in, the component joins, it tells that it lives', async () => {
  using directory = temporaryDirectory()
  await using database = await freshDatabase()
  const { prosody, xmpp, component, authority, alive } = await pod(directory.path, database.url)
  await using _: RunningProsody = prosody
  await addMonitor(database.sql, { name: 'monitor-1', host, password: 'monitor-password' })

  const account = { port: xmpp, domain: host, user: 'monitor-1', ca: authority.certificate }
  using client = await connectXmpp({ ...account, password: 'monitor-password' })
  expect(client.address).toMatch(`monitor-1@${host}/`)
  await expect(connectXmpp({ ...account, password: 'another' })).rejects.toThrow()

  expect(await joinAsComponent(component, SECRET)).toContain('<handshake')
  expect(await joinAsComponent(component, 'another')).toContain('not-authorized')

  expect(await alive()).toBe(0)
  expect(prosody.log()).not.toMatch(/\berror\b/)
})

it('its liveness probe fails when Prosody hangs, although it still accepts connections', async () => {
  using directory = temporaryDirectory()
  await using database = await freshDatabase()
  const { prosody, alive } = await pod(directory.path, database.url)
  await using _: RunningProsody = prosody
  process.kill(prosody.child.pid, 'SIGSTOP')
  try {
    expect(await alive()).not.toBe(0)
  } finally {
    process.kill(prosody.child.pid, 'SIGCONT')
  }
})

const SAME = [
  'network_settings',
  'modules_enabled',
  'modules_disabled',
  'allow_registration',
  'c2s_require_encryption',
  'c2s_stanza_size_limit',
  'component_stanza_size_limit',
  'ssl',
  'authentication',
  'storage',
  'sql_manage_tables',
]

it.each(SAME)('%s is as on one machine, so that what is tried there holds here', option => {
  const local = readFileSync(new URL('../../services/local/prosody-config.ts', import.meta.url))
  const lines = (text = '') => text.split('\n').filter(line => line.startsWith(`${option} = `))
  expect(lines(xmppFiles(one)['prosody.cfg.lua'])).toEqual(lines(String(local)))
  expect(lines(String(local))).toHaveLength(1)
})
