import { SettingsError } from '@platen/telemetry'
import { describe, expect, it } from 'vitest'
import { type AccountSettings, chooseWay } from './way.ts'

const NOTHING: AccountSettings = {
  data: '/data',
  enrolUrl: undefined,
  enrolCode: undefined,
  enrolCaFile: undefined,
  domain: undefined,
  host: undefined,
  xmppPort: undefined,
  user: undefined,
  password: undefined,
  caFile: undefined,
}
const ENROL = { enrolUrl: 'https://acme.example', enrolCode: 'CODE' }
const BY_HAND = { domain: 'acme.example', user: 'm', password: 'secret' }

const choose = (settings: Partial<AccountSettings>) => chooseWay({ ...NOTHING, ...settings })

describe('an account by hand', () => {
  it('is reached at its domain unless another host is given', () => {
    const account = { ...BY_HAND, host: 'acme.example', port: 5222, ca: undefined }
    expect(choose(BY_HAND)).toEqual({ kind: 'by-hand', account })
    expect(choose({ ...BY_HAND, host: '127.0.0.1', xmppPort: 5333 })).toEqual({
      kind: 'by-hand',
      account: { ...account, host: '127.0.0.1', port: 5333 },
    })
  })
})

describe('a way to enrol', () => {
  it('has the address, the code, and what overrides the place of the XMPP server', () => {
    expect(choose({ ...ENROL, host: '127.0.0.1', xmppPort: 5333 })).toEqual({
      kind: 'enrol',
      url: new URL('https://acme.example/'),
      code: 'CODE',
      authority: undefined,
      host: '127.0.0.1',
      port: 5333,
    })
  })

  it.each(['https://acme.example/', 'https://acme.example:8443', 'https://ACME.example'])(
    'takes the address %s',
    enrolUrl => expect(choose({ ...ENROL, enrolUrl })).toMatchObject({ kind: 'enrol' }),
  )

  it.each([
    'acme.example',
    'http://acme.example',
    'https://acme.example/enrol',
    'https://acme.example/?a',
    'https://user:secret@acme.example',
    'https://',
  ])('refuses the address %s', enrolUrl => {
    expect(() => choose({ ...ENROL, enrolUrl })).toThrow(/^PLATEN_ENROL_URL is not the tenant's/)
  })

  it('needs no code, where there may be an account from before', () => {
    expect(choose({ enrolUrl: ENROL.enrolUrl })).toMatchObject({ kind: 'enrol', code: undefined })
  })
})

it.each([
  { why: 'neither', set: {}, says: /^neither PLATEN_ENROL_URL nor PLATEN_XMPP_DOMAIN is set; set/ },
  {
    why: 'both',
    set: { ...ENROL, user: 'm' },
    says: /^PLATEN_ENROL_\* and PLATEN_XMPP_USER are both set; set/,
  },
  { why: 'a code alone', set: { enrolCode: 'CODE' }, says: /^PLATEN_ENROL_URL is not set$/ },
  { why: 'no user', set: { ...BY_HAND, user: undefined }, says: /^PLATEN_XMPP_USER is not set$/ },
  {
    why: 'no password',
    set: { ...BY_HAND, password: undefined },
    says: /^PLATEN_XMPP_PASSWORD is not set$/,
  },
  {
    why: 'an authority that is not there',
    set: { ...ENROL, enrolCaFile: '/nowhere' },
    says: /^PLATEN_ENROL_CA_FILE cannot be read \(ENOENT\)$/,
  },
])('refuses $why in one sentence', ({ set, says }) => {
  expect(() => choose(set)).toThrow(SettingsError)
  expect(() => choose(set)).toThrow(says)
})
