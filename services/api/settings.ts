import { integer, optional, port, type Settings, secret, text } from '@platen/telemetry'

export interface ApiSettings {
  /** postgres://USER:PASSWORD@HOST/DATABASE */
  databaseUrl: string
  host: string
  port: number
  /** PEM files of the server's certificate, with its chain, and of its key; neither: plain HTTP. */
  tlsCertificate: string | undefined
  tlsKey: string | undefined
  /** Where the newest entries of the residency ledger are put: `entries.jsonl` and `keys.json`. Absent: nowhere. */
  ledgerDirectory: string | undefined
  /** The tenant's host, by which its monitors log in. Absent, like the directory: no monitors enrol here. */
  xmppDomain: string | undefined
  /** Where they find the XMPP server. */
  xmppPort: number
  /** PEM file of the authority that signs the region's certificates. Absent: one that everybody trusts. */
  certificateAuthority: string | undefined
  /** Where `private.pem` and `public.pem` are, which sign licences. */
  licenceKeyDirectory: string | undefined
  /** Thousandths of a core that queries may use on average. Absent: no bound. */
  milliCpu: number | undefined
}

export const settings: Settings<ApiSettings> = {
  databaseUrl: secret('PLATEN_DATABASE_URL'),
  host: text('PLATEN_API_HOST', { default: '127.0.0.1' }),
  port: port('PLATEN_API_PORT', { default: 4000, anyFree: true }),
  tlsCertificate: optional(text('PLATEN_API_TLS_CERTIFICATE')),
  tlsKey: optional(text('PLATEN_API_TLS_KEY')),
  ledgerDirectory: optional(text('PLATEN_LEDGER_DIRECTORY')),
  xmppDomain: optional(text('PLATEN_XMPP_DOMAIN')),
  xmppPort: port('PLATEN_XMPP_PORT', { default: 5222 }),
  certificateAuthority: optional(text('PLATEN_CERTIFICATE_AUTHORITY')),
  licenceKeyDirectory: optional(text('PLATEN_LICENCE_KEY_DIRECTORY')),
  milliCpu: optional(integer('PLATEN_API_MILLI_CPU', { min: 1 })),
}
