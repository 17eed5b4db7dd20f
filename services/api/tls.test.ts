import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SettingsError } from '@platen/telemetry'
import { beforeAll, expect, it } from 'vitest'
import { serverCertificate } from '../../test/support/certificate.ts'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { readTls } from './tls.ts'

const directory = temporaryDirectory()
const at = (name: string) => join(directory.path, name)
const own = serverCertificate('localhost')

beforeAll(() => {
  const other = serverCertificate('localhost')
  const files = { 'tls.crt': own.cert, 'tls.key': own.key, 'other.key': other.key, text: 'hello' }
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content)
  return () => directory[Symbol.dispose]()
})

it('gives what is in the files, and nothing where there are none', () => {
  expect(readTls({ tlsCertificate: at('tls.crt'), tlsKey: at('tls.key') })).toEqual(own)
  expect(readTls({ tlsCertificate: undefined, tlsKey: undefined })).toBeUndefined()
})

const CERTIFICATE = 'PLATEN_API_TLS_CERTIFICATE'
const KEY = 'PLATEN_API_TLS_KEY'

it.each([
  { why: 'no key', files: ['tls.crt', undefined], says: `${CERTIFICATE} is set without ${KEY}` },
  {
    why: 'no certificate',
    files: [undefined, 'tls.key'],
    says: `${KEY} is set without ${CERTIFICATE}`,
  },
  {
    why: 'no such file',
    files: ['none', 'tls.key'],
    says: `${CERTIFICATE} cannot be read: ${at('none')} (ENOENT)`,
  },
  { why: 'a folder', files: ['tls.crt', ''], says: `${KEY} cannot be read: ${at('')} (EISDIR)` },
  {
    why: 'another text',
    files: ['text', 'tls.key'],
    says: `${CERTIFICATE} holds no certificate in PEM`,
  },
  {
    why: 'the files changed round',
    files: ['tls.key', 'tls.crt'],
    says: `${CERTIFICATE} holds no certificate in PEM`,
  },
  {
    why: 'a certificate for a key',
    files: ['tls.crt', 'tls.crt'],
    says: `${KEY} holds no private key in PEM`,
  },
  {
    why: 'the key of another',
    files: ['tls.crt', 'other.key'],
    says: `the key in ${KEY} is not that of the certificate in ${CERTIFICATE}`,
  },
])('refuses $why in one sentence', ({ files: [certificate, key], says }) => {
  const path = (name: string | undefined) => (name === undefined ? undefined : at(name))
  const files = { tlsCertificate: path(certificate), tlsKey: path(key) }
  expect(() => readTls(files)).toThrow(new SettingsError(says))
})
