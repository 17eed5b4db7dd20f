import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Authority,
  authorityId,
  makeAuthority,
  nextChangeOf,
  renewalOf,
  trustedIds,
  withoutExpired,
} from './authority.ts'
import { issueCertificate } from './certificate.ts'
import { AuthorityKeyIdentifierExtension, SubjectAlternativeNameExtension } from './library.ts'
import { DAY, importKey, makeKeyPair, parse, signClaim, splitPem } from './x509.ts'

const run = promisify(execFile)

const START = new Date('2026-11-23T00:00:00Z')
const HOST = 'acme.eu.example.com'
const days = (count: number, from = START) => new Date(from.getTime() + count * DAY)

/** What OpenSSL says at a time about a server's certificate file, for a client that trusts `bundle`; `OK` or why not. */
async function openssl(bundle: string, chain: string, at: Date, host = HOST): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'platen-x509-'))
  const [leaf = '', ...rest] = splitPem(chain)
  const file = async (name: string, text: string) => {
    await writeFile(join(folder.path, name), text)
    return join(folder.path, name)
  }
  const untrusted = rest.length === 0 ? [] : ['-untrusted', await file('rest', rest.join(''))]
  const args = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', host, '-attime']
  const trusted = ['-CAfile', await file('bundle', bundle), '-no-CApath', '-no-CAstore']
  const time = String(Math.floor(at.getTime() / 1000))
  try {
    await run('openssl', [
      'verify',
      ...args,
      time,
      ...trusted,
      ...untrusted,
      await file('leaf', leaf),
    ])
    return 'OK'
  } catch (error) {
    return (
      /error \d+ at .*|error .*lookup: .*/.exec((error as { stderr: string }).stderr)?.[0] ??
      `${error}`
    )
  }
}

const REGION = { region: 'eu', domain: 'eu.example.com' }
const RENEWED = days(2500)

let old: Authority
let next: Authority

beforeAll(async () => {
  old = await makeAuthority({ ...REGION, now: START })
  next = await makeAuthority({ ...REGION, now: RENEWED, previous: old })
})

describe('a certificate of the region', () => {
  it.each([
    { why: 'it is valid from its first moment', at: START, says: 'OK' },
    { why: 'a clock that is an hour behind takes it', at: days(-1 / 25), says: 'OK' },
    { why: 'it is valid for 90 days', at: days(89.9), says: 'OK' },
    { why: 'it is not valid for longer', at: days(90.1), says: 'has expired' },
    {
      why: 'it is for no other tenant',
      at: START,
      host: 'beta.eu.example.com',
      says: 'ostname mismatch',
    },
  ])('is judged by OpenSSL: $why', async ({ at, host, says }) => {
    const { certificate } = await issueCertificate(old, { host: HOST, now: START })
    expect(await openssl(old.bundle, certificate, at, host)).toContain(says)
  })

  it.each([
    { why: 'of another domain', host: 'acme.us.example.com' },
    { why: 'that only ends like the domain', host: 'acme.xeu.example.com' },
    { why: 'of the domain above', host: 'example.com' },
  ])('is worth nothing for a name $why', async ({ host }) => {
    const { certificate } = await issueCertificate(old, { host, now: START })
    expect(await openssl(old.bundle, certificate, START, host)).toContain(
      'permitted subtree violation',
    )
  })

  it('is worth nothing for an address, also within the domain', async () => {
    const { publicKey } = await makeKeyPair()
    const names = new SubjectAlternativeNameExtension([
      { type: 'dns', value: HOST },
      { type: 'ip', value: '192.0.2.1' },
    ])
    const by = { subject: parse(old.certificate).subject, key: importKey(old.key) }
    const times = { notBefore: START, notAfter: days(1) }
    const extensions = [
      names,
      await AuthorityKeyIdentifierExtension.create(parse(old.certificate).publicKey),
    ]
    const claim = { subject: 'CN=x', publicKey, ...times, extensions }
    const says = await openssl(old.bundle, await signClaim(claim, by), START)
    expect(says).toContain('excluded subtree violation')
  })

  it('may have a name that is longer than a common name can be, in a domain of 200 characters', async () => {
    const domain = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example.com`
    const authority = await makeAuthority({ region: 'eu', domain, now: START })
    const host = `acme.${domain}`
    const { certificate } = await issueCertificate(authority, { host, now: START })
    expect(await openssl(authority.bundle, certificate, START, host)).toBe('OK')
  })

  it('serves TLS to a client that trusts the bundle, and to no other', async () => {
    const now = new Date()
    const authority = await makeAuthority({ ...REGION, now })
    const stranger = await makeAuthority({ ...REGION, now })
    const { certificate, key } = await issueCertificate(authority, { host: HOST, now })
    await using server = createServer({ cert: certificate, key }, socket => socket.end())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const dial = async (ca: string) => {
      const socket = connect({ host: '127.0.0.1', port, servername: HOST, ca })
      await once(socket, 'secureConnect')
      socket.destroy()
      return 'connected'
    }
    expect(await dial(authority.bundle)).toBe('connected')
    await expect(dial(stranger.bundle)).rejects.toThrow(/certificate/)
  })

  it('is renewed at two thirds of its life, spread over its twentieth part before', async () => {
    const renewals = await Promise.all(
      [0, 0.5, 1].map(async number => {
        const plan = { host: HOST, now: START, random: () => number }
        return (await issueCertificate(old, plan)).renewAt
      }),
    )
    expect(renewals).toEqual([days(60), days(57.75), days(55.5)])
  })

  it('ends with its authority, and is renewed before', async () => {
    const end = parse(old.certificate).notAfter
    const now = new Date(end.getTime() - 9 * DAY)
    const { certificate, renewAt } = await issueCertificate(old, {
      host: HOST,
      now,
      random: () => 0,
    })
    expect(parse(splitPem(certificate)[0] ?? '').notAfter).toEqual(end)
    expect(renewAt).toEqual(new Date(now.getTime() + 6 * DAY))
  })
})

describe('an authority', () => {
  it('lives for ten years, may sign one authority below it, and is bound to its domain', () => {
    const { validFromDate, validToDate, ca } = new X509Certificate(old.certificate)
    expect(Math.round((+validToDate - +validFromDate) / DAY)).toBe(3652)
    expect(ca).toBe(true)
    expect(renewalOf(old).getTime()).toBeGreaterThan(days(2434).getTime())
    expect(renewalOf(old).getTime()).toBeLessThan(days(2435).getTime())
    expect(nextChangeOf(old)).toEqual(renewalOf(old))
  })

  it.each([
    { why: 'only the old one', bundle: () => old.certificate },
    { why: 'only the new one', bundle: () => next.certificate },
    { why: 'both', bundle: () => next.bundle },
  ])('that follows another one serves clients that know $why', async ({ bundle }) => {
    const { certificate } = await issueCertificate(next, { host: HOST, now: RENEWED })
    expect(await openssl(bundle(), certificate, RENEWED)).toBe('OK')
  })

  it('leaves what the one before signed valid for who has the new bundle', async () => {
    const { certificate } = await issueCertificate(old, { host: HOST, now: days(-30, RENEWED) })
    expect(await openssl(next.bundle, certificate, RENEWED)).toBe('OK')
  })

  it('forgets the one before when that has expired', () => {
    expect(trustedIds(next)).toEqual([authorityId(next.certificate), authorityId(old.certificate)])
    const end = nextChangeOf(next)
    expect(end).toEqual(parse(old.certificate).notAfter)
    const alone = withoutExpired(next, end)
    expect(alone).toEqual({ ...next, bundle: next.certificate, cross: '' })
    expect(nextChangeOf(alone)).toEqual(renewalOf(next))
  })

  it('vouches for nobody after its end', async () => {
    const late = await makeAuthority({ ...REGION, now: days(4000), previous: old })
    expect(late.cross).toBe('')
    expect(late.bundle).toBe(late.certificate)
  })
})
