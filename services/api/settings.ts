import { port, type Settings, secret, text } from '@platen/telemetry'

export interface ApiSettings {
  /** postgres://USER:PASSWORD@HOST/DATABASE */
  databaseUrl: string
  host: string
  port: number
}

export const settings: Settings<ApiSettings> = {
  databaseUrl: secret('PLATEN_DATABASE_URL'),
  host: text('PLATEN_API_HOST', { default: '127.0.0.1' }),
  port: port('PLATEN_API_PORT', { default: 4000, anyFree: true }),
}
