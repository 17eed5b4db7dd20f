import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SettingsError } from '@platen/telemetry'
import { expect, it } from 'vitest'
import { serverCertificate } from '../../../test/support/certificate.ts'
import { temporaryDirectory } from '../../../test/support/directory.ts'
import { writeLicenceKey } from '../../../test/support/licence-key.ts'
import { readIssuer } from './issuer.ts'

const NOTHING = {
  xmppDomain: undefined,
  xmppPort: 5222,
  certificateAuthority: undefined,
  licenceKeyDirectory: undefined,
}

it('is none where nothing is set: the API of one machine enrols nobody', () => {
  expect(readIssuer(NOTHING)).toBeUndefined()
})

it('reads the authority anew each time, because another one may follow it', async () => {
  using directory = temporaryDirectory()
  writeLicenceKey(directory.path)
  const file = join(directory.path, 'authority.pem')
  const { cert } = serverCertificate('acme.example')
  writeFileSync(file, cert)
  const set = { xmppDomain: 'acme.example', licenceKeyDirectory: directory.path }
  const issuer = readIssuer({ ...NOTHING, ...set, certificateAuthority: file })
  expect(await issuer?.certificateAuthority()).toBe(cert)
  writeFileSync(file, 'the next one')
  expect(await issuer?.certificateAuthority()).toBe('the next one')
  expect(await readIssuer({ ...NOTHING, ...set })?.certificateAuthority()).toBeNull()
})

it.each([
  {
    why: 'no key',
    set: { xmppDomain: 'acme.example' },
    says: 'PLATEN_XMPP_DOMAIN is set without PLATEN_LICENCE_KEY_DIRECTORY',
  },
  {
    why: 'no domain',
    set: { licenceKeyDirectory: '/nowhere' },
    says: 'PLATEN_LICENCE_KEY_DIRECTORY is set without PLATEN_XMPP_DOMAIN',
  },
  {
    why: 'no such directory',
    set: { xmppDomain: 'acme.example', licenceKeyDirectory: '/nowhere' },
    says: 'private.pem in PLATEN_LICENCE_KEY_DIRECTORY cannot be read (ENOENT)',
  },
  {
    why: 'no such authority',
    set: { xmppDomain: 'a', licenceKeyDirectory: '/nowhere', certificateAuthority: '/nowhere' },
    says: 'PLATEN_CERTIFICATE_AUTHORITY cannot be read (ENOENT)',
  },
])('refuses $why in one sentence', ({ set, says }) => {
  expect(() => readIssuer({ ...NOTHING, ...set })).toThrow(new SettingsError(says))
})

it.each([
  {
    why: 'a text instead of a key',
    spoil: (path: string) => writeFileSync(join(path, 'private.pem'), 'hello'),
    says: 'private.pem in PLATEN_LICENCE_KEY_DIRECTORY holds no key in PEM',
  },
  {
    why: 'a key of another kind',
    spoil: (path: string) => void writeLicenceKey(path, 'x25519'),
    says: 'private.pem in PLATEN_LICENCE_KEY_DIRECTORY is no Ed25519 key',
  },
  {
    why: 'the public key of another',
    spoil(path: string) {
      using other = temporaryDirectory()
      writeFileSync(join(path, 'public.pem'), writeLicenceKey(other.path))
    },
    says: 'the keys in PLATEN_LICENCE_KEY_DIRECTORY do not belong together',
  },
])('refuses $why in one sentence', ({ spoil, says }) => {
  using directory = temporaryDirectory()
  writeLicenceKey(directory.path)
  spoil(directory.path)
  const set = { ...NOTHING, xmppDomain: 'acme.example', licenceKeyDirectory: directory.path }
  expect(() => readIssuer(set)).toThrow(new SettingsError(says))
})

it('refuses an authority that is none', () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'authority.pem')
  writeFileSync(file, 'hello')
  const set = { xmppDomain: 'a', licenceKeyDirectory: '/nowhere', certificateAuthority: file }
  expect(() => readIssuer({ ...NOTHING, ...set })).toThrow(
    new SettingsError('PLATEN_CERTIFICATE_AUTHORITY holds no certificate in PEM'),
  )
})
