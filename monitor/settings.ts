import {
  choice,
  integer,
  list,
  optional,
  port,
  type Settings,
  secret,
  text,
} from '@platen/telemetry'
import type { AuthProtocol, PrivProtocol } from './snmp/index.ts'

const AUTH_PROTOCOLS = ['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const
/** Without DES, which Node's OpenSSL no longer has. aes256b is Blumenthal's, aes256r Reeder's (Cisco). */
const PRIVACY_PROTOCOLS = ['aes', 'aes256b', 'aes256r'] as const

export interface MonitorSettings {
  /** Directory of the outbox. */
  data: string
  outboxMb: number
  /** The tenant's address: the account is got by a code. Absent: it is in the settings from `domain` on. */
  enrolUrl: string | undefined
  enrolCode: string | undefined
  /** PEM of the authority that signed the address's certificate. */
  enrolCaFile: string | undefined
  domain: string | undefined
  /** Where the XMPP server is reached; the domain, when it is not set. */
  host: string | undefined
  xmppPort: number | undefined
  user: string | undefined
  password: string | undefined
  /** PEM of the authority that signed the server's certificate. */
  caFile: string | undefined
  /** Mean rate of sending, which bounds the replay of a backlog. */
  sendKibPerSecond: number
  /** CIDR. */
  networks: string[]
  snmpPort: number
  communities: string[]
  /** SNMPv3: tried before the communities. */
  v3User: string | undefined
  /** `sha`, when it is not set. */
  v3AuthProtocol: AuthProtocol | undefined
  v3AuthPassword: string | undefined
  /** `aes`, when it is not set. */
  v3PrivacyProtocol: PrivProtocol | undefined
  v3PrivacyPassword: string | undefined
  pollSeconds: number
  sweepSeconds: number
}

/** The monitor's environment variables, beside those that every process has. */
export const SETTINGS: Settings<MonitorSettings> = {
  data: text('PLATEN_DATA'),
  outboxMb: integer('PLATEN_OUTBOX_MB', { default: 512, min: 1, max: 1_000_000 }),
  enrolUrl: optional(text('PLATEN_ENROL_URL')),
  enrolCode: optional(secret('PLATEN_ENROL_CODE')),
  enrolCaFile: optional(text('PLATEN_ENROL_CA_FILE')),
  domain: optional(text('PLATEN_XMPP_DOMAIN')),
  host: optional(text('PLATEN_XMPP_HOST')),
  xmppPort: optional(port('PLATEN_XMPP_PORT')),
  user: optional(text('PLATEN_XMPP_USER')),
  password: optional(secret('PLATEN_XMPP_PASSWORD')),
  caFile: optional(text('PLATEN_XMPP_CA_FILE')),
  sendKibPerSecond: integer('PLATEN_SEND_KIB_PER_SECOND', { default: 1024, min: 1 }),
  networks: list('PLATEN_NETWORKS'),
  snmpPort: port('PLATEN_SNMP_PORT', { default: 161 }),
  communities: list('PLATEN_SNMP_COMMUNITIES', { default: ['public'] }),
  v3User: optional(text('PLATEN_SNMP_V3_USER')),
  v3AuthProtocol: optional(choice('PLATEN_SNMP_V3_AUTH_PROTOCOL', AUTH_PROTOCOLS)),
  v3AuthPassword: optional(secret('PLATEN_SNMP_V3_AUTH_PASSWORD')),
  v3PrivacyProtocol: optional(choice('PLATEN_SNMP_V3_PRIVACY_PROTOCOL', PRIVACY_PROTOCOLS)),
  v3PrivacyPassword: optional(secret('PLATEN_SNMP_V3_PRIVACY_PASSWORD')),
  pollSeconds: integer('PLATEN_POLL_SECONDS', { default: 300, min: 1, max: 86_400 }),
  sweepSeconds: integer('PLATEN_SWEEP_SECONDS', { default: 3600, min: 1, max: 604_800 }),
}
