import { optional, port, type Settings, secret, text } from '@platen/telemetry'

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
}

export const settings: Settings<ApiSettings> = {
  databaseUrl: secret('PLATEN_DATABASE_URL'),
  host: text('PLATEN_API_HOST', { default: '127.0.0.1' }),
  port: port('PLATEN_API_PORT', { default: 4000, anyFree: true }),
  tlsCertificate: optional(text('PLATEN_API_TLS_CERTIFICATE')),
  tlsKey: optional(text('PLATEN_API_TLS_KEY')),
  ledgerDirectory: optional(text('PLATEN_LEDGER_DIRECTORY')),
}
