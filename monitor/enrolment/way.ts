import { readFileSync } from 'node:fs'
import { SettingsError } from '@platen/telemetry'
import { type MonitorSettings, SETTINGS } from '../settings.ts'
import type { XmppOptions } from '../xmpp/index.ts'

/** As much of the settings as says how the monitor gets its account. */
export type AccountSettings = Pick<
  MonitorSettings,
  | 'data'
  | 'enrolUrl'
  | 'enrolCode'
  | 'enrolCaFile'
  | 'domain'
  | 'host'
  | 'xmppPort'
  | 'user'
  | 'password'
  | 'caFile'
>

/** How the monitor gets its account: it stands in the settings, or a code is traded for it. */
export type Way = { kind: 'by-hand'; account: XmppOptions } | ({ kind: 'enrol' } & EnrolWay)

export interface EnrolWay {
  /** https, without a path. */
  url: URL
  /** Absent: there must be an account already. */
  code: string | undefined
  /** PEM of an authority that is trusted besides the system's. */
  authority: string | undefined
  /** Where the XMPP server is reached, instead of where the enrolment says. */
  host: string | undefined
  port: number | undefined
}

const ENROL = ['enrolUrl', 'enrolCode', 'enrolCaFile'] as const
const BY_HAND = ['domain', 'user', 'password', 'caFile'] as const
const DEFAULT_PORT = 5222

/** @throws {SettingsError} where the settings say neither way, both, or one by half. */
export function chooseWay(settings: AccountSettings): Way {
  const isSet = (key: keyof AccountSettings) => settings[key] !== undefined
  const enrols = ENROL.some(isSet)
  const byHand = BY_HAND.find(isSet)
  if (enrols && byHand) {
    throw new SettingsError(`PLATEN_ENROL_* and ${SETTINGS[byHand].name} are both set; ${ADVICE}`)
  }
  if (enrols) return enrolWay(settings)
  if (byHand) return { kind: 'by-hand', account: accountByHand(settings) }
  throw new SettingsError(`neither PLATEN_ENROL_URL nor PLATEN_XMPP_DOMAIN is set; ${ADVICE}`)
}

const ADVICE =
  'set PLATEN_ENROL_* for a one-time code, or PLATEN_XMPP_* for an account made by hand'

function enrolWay(settings: AccountSettings): Way {
  const { enrolUrl, enrolCode: code, enrolCaFile, host, xmppPort: port } = settings
  if (enrolUrl === undefined) throw new SettingsError('PLATEN_ENROL_URL is not set')
  const authority = readPem(SETTINGS.enrolCaFile.name, enrolCaFile)
  return { kind: 'enrol', url: addressOf(enrolUrl), code, authority, host, port }
}

function addressOf(text: string): URL {
  const url = URL.parse(text)
  if (url?.protocol === 'https:' && url.href === `${url.origin}/`) return url
  throw new SettingsError(
    "PLATEN_ENROL_URL is not the tenant's address; give https:// and the host, perhaps a port, and no path",
  )
}

function accountByHand(settings: AccountSettings): XmppOptions {
  const { host, xmppPort: port = DEFAULT_PORT, caFile } = settings
  const [domain, user, password] = (['domain', 'user', 'password'] as const).map(key => {
    const value = settings[key]
    if (value === undefined) throw new SettingsError(`${SETTINGS[key].name} is not set`)
    return value
  }) as [string, string, string]
  const ca = readPem(SETTINGS.caFile.name, caFile)
  return { host: host ?? domain, port, domain, user, password, ca }
}

function readPem(name: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    throw new SettingsError(`${name} cannot be read (${code})`)
  }
}
