import { readSettings } from '@platen/telemetry'
import { describe, expect, it } from 'vitest'
import { readCredentials } from './credentials.ts'
import { SETTINGS } from './settings.ts'

const NEEDED = {
  PLATEN_DATA: '/nowhere',
  PLATEN_XMPP_DOMAIN: 'platen.localhost',
  PLATEN_XMPP_USER: 'm',
  PLATEN_XMPP_PASSWORD: 'pass',
  PLATEN_NETWORKS: '127.66.0.0/24',
}

const read = (env: Record<string, string>) =>
  readCredentials(readSettings({ ...NEEDED, ...env }, SETTINGS))

const USER = { PLATEN_SNMP_V3_USER: 'elsa' }
const AUTH = { ...USER, PLATEN_SNMP_V3_AUTH_PASSWORD: 'let it go!' }
const PUBLIC = { version: 'v2c', community: 'public' }

describe('the credentials', () => {
  it('are the community `public` when nothing is set', () => {
    expect(read({})).toEqual([PUBLIC])
  })

  it('are tried in the order of the list, the user of SNMPv3 before them', () => {
    const known = { version: 'v3', user: 'elsa' }
    const communities = { PLATEN_SNMP_COMMUNITIES: 'blue, green' }
    expect(read({ ...USER, ...communities })).toEqual([
      known,
      { version: 'v2c', community: 'blue' },
      { version: 'v2c', community: 'green' },
    ])
  })

  it('are SHA and AES where only passwords are set', () => {
    const auth = { protocol: 'sha', key: 'let it go!' }
    expect(read(AUTH)).toEqual([{ version: 'v3', user: 'elsa', auth }, PUBLIC])
    const priv = { protocol: 'aes', key: 'into the unknown' }
    expect(read({ ...AUTH, PLATEN_SNMP_V3_PRIVACY_PASSWORD: 'into the unknown' })).toEqual([
      { version: 'v3', user: 'elsa', auth, priv },
      PUBLIC,
    ])
  })

  it('are only those of SNMPv3 where the list of communities is a comma', () => {
    expect(read({ ...USER, PLATEN_SNMP_COMMUNITIES: ',' })).toEqual([
      { version: 'v3', user: 'elsa' },
    ])
  })

  it.each([
    {
      why: 'a password is nobody’s',
      env: { PLATEN_SNMP_V3_AUTH_PASSWORD: 'let it go!' },
      says: 'PLATEN_SNMP_V3_AUTH_PASSWORD is set without PLATEN_SNMP_V3_USER',
    },
    {
      why: 'privacy needs authentication',
      env: { ...USER, PLATEN_SNMP_V3_PRIVACY_PASSWORD: 'into the unknown' },
      says: 'PLATEN_SNMP_V3_PRIVACY_PASSWORD is set without PLATEN_SNMP_V3_AUTH_PASSWORD',
    },
    {
      why: 'a forgotten password would mean no authentication',
      env: { ...USER, PLATEN_SNMP_V3_AUTH_PROTOCOL: 'sha256' },
      says: 'PLATEN_SNMP_V3_AUTH_PROTOCOL is set without PLATEN_SNMP_V3_AUTH_PASSWORD',
    },
    {
      why: 'a forgotten password would mean no privacy',
      env: { ...AUTH, PLATEN_SNMP_V3_PRIVACY_PROTOCOL: 'aes' },
      says: 'PLATEN_SNMP_V3_PRIVACY_PROTOCOL is set without PLATEN_SNMP_V3_PRIVACY_PASSWORD',
    },
    {
      why: 'no agent takes so short a password',
      env: { ...USER, PLATEN_SNMP_V3_AUTH_PASSWORD: 'short' },
      says: 'PLATEN_SNMP_V3_AUTH_PASSWORD is shorter than 8 characters',
    },
    {
      why: 'there is no such protocol',
      env: { ...AUTH, PLATEN_SNMP_V3_AUTH_PROTOCOL: 'rot13' },
      says: 'PLATEN_SNMP_V3_AUTH_PROTOCOL is "rot13"; give one of md5, sha,',
    },
    {
      why: 'there is nothing to try',
      env: { PLATEN_SNMP_COMMUNITIES: ',' },
      says: 'PLATEN_SNMP_COMMUNITIES is empty; name a community, or a user of SNMPv3',
    },
  ])('are refused in a sentence: $why', ({ env, says }) => {
    expect(() => read(env)).toThrow(says)
    expect(() => read(env)).not.toThrow(/let it go|into the unknown|short\b/)
  })
})
