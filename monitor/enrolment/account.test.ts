import { getCACertificates } from 'node:tls'
import { expect, it } from 'vitest'
import { accountOf } from './account.ts'

const KEPT = {
  codeHash: 'abc',
  user: 'berlin-1',
  password: 'secret',
  domain: 'acme.example',
  xmppPort: 5223,
  licence: 'e30.e30.AA',
  licencePublicKey: 'PEM',
}
const URL_ONLY = { url: new URL('https://acme.example'), code: 'x', host: undefined }
const system = getCACertificates('default').join('\n')

it.each([
  { why: 'the system is trusted', region: null, settings: undefined, want: undefined },
  { why: 'the system and the file', region: null, settings: 'FILE', want: `${system}\nFILE` },
  { why: 'the region alone', region: 'REGION', settings: undefined, want: 'REGION\n' },
  { why: 'the region and the file', region: 'REGION', settings: 'FILE', want: 'REGION\nFILE' },
])('logs in where the enrolment says, and $why', ({ region, settings, want }) => {
  const account = accountOf(
    { ...KEPT, certificateAuthority: region },
    { ...URL_ONLY, authority: settings, port: undefined },
  )
  const { user, password, domain } = KEPT
  expect(account).toEqual({ user, password, domain, host: domain, port: 5223, ca: want })
})

it('looks for the server where the settings say, if they do', () => {
  const way = { ...URL_ONLY, authority: undefined, host: '127.0.0.1', port: 5333 }
  const account = accountOf({ ...KEPT, certificateAuthority: null }, way)
  expect(account).toMatchObject({ domain: 'acme.example', host: '127.0.0.1', port: 5333 })
})
