import { SettingsError } from '@platen/telemetry'
import { type MonitorSettings, SETTINGS } from './settings.ts'
import type { Credentials, UserCredentials } from './snmp/index.ts'

/** As much of the settings as says how devices know the monitor. */
export type CredentialSettings = Pick<
  MonitorSettings,
  | 'communities'
  | 'v3User'
  | 'v3AuthProtocol'
  | 'v3AuthPassword'
  | 'v3PrivacyProtocol'
  | 'v3PrivacyPassword'
>

/** RFC 3414, section 11.2. */
const SHORTEST_PASSWORD = 8

/**
 * What to try on a device, in this order: the user of SNMPv3, then the communities.
 *
 * @throws {SettingsError} on a combination that SNMPv3 does not have, and when there is nothing to try.
 */
export function readCredentials(settings: CredentialSettings): [Credentials, ...Credentials[]] {
  const communities = settings.communities.map(
    (community): Credentials => ({ version: 'v2c', community }),
  )
  const [first, ...others] = [...userOf(settings), ...communities]
  if (first) return [first, ...others]
  throw new SettingsError('PLATEN_SNMP_COMMUNITIES is empty; name a community, or a user of SNMPv3')
}

function userOf(settings: CredentialSettings): UserCredentials[] {
  const { v3User: user, v3AuthProtocol = 'sha', v3PrivacyProtocol = 'aes' } = settings
  const { v3AuthPassword: authKey, v3PrivacyPassword: privKey } = settings
  refuseIncomplete(settings)
  refuseShort('PLATEN_SNMP_V3_AUTH_PASSWORD', authKey)
  refuseShort('PLATEN_SNMP_V3_PRIVACY_PASSWORD', privKey)
  if (user === undefined) return []
  if (authKey === undefined) return [{ version: 'v3', user }]
  const auth = { protocol: v3AuthProtocol, key: authKey }
  if (privKey === undefined) return [{ version: 'v3', user, auth }]
  return [{ version: 'v3', user, auth, priv: { protocol: v3PrivacyProtocol, key: privKey } }]
}

/** Each setting with the one that it means nothing without: privacy needs authentication (RFC 3414, section 1.4.2). */
const NEEDS = [
  ['v3AuthPassword', 'v3User'],
  ['v3PrivacyPassword', 'v3AuthPassword'],
  ['v3AuthProtocol', 'v3AuthPassword'],
  ['v3PrivacyProtocol', 'v3PrivacyPassword'],
] as const

function refuseIncomplete(settings: CredentialSettings): void {
  const missing = NEEDS.find(
    ([one, other]) => settings[one] !== undefined && settings[other] === undefined,
  )
  if (!missing) return
  const [one, other] = missing.map(name => SETTINGS[name].name)
  throw new SettingsError(`${one} is set without ${other}; set both or none`)
}

function refuseShort(name: string, password: string | undefined): void {
  if (password === undefined || password.length >= SHORTEST_PASSWORD) return
  throw new SettingsError(
    `${name} is shorter than ${SHORTEST_PASSWORD} characters, the least that SNMPv3 allows; give that of the devices`,
  )
}
