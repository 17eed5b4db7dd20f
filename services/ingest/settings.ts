import { integer, optional, port, type Settings, secret, text } from '@platen/telemetry'

export interface IngestSettings {
  databaseUrl: string
  /** Domain of the monitors' accounts; the component is `ingest.` before it. */
  domain: string
  /** Where the XMPP server listens for components. */
  componentHost: string
  componentPort: number
  componentSecret: string
  /** That are taken in on average; who sends more has to wait. Absent: no bound. */
  reportsPerSecond: number | undefined
}

/** The ingest's environment variables, beside those that every process has. */
export const SETTINGS: Settings<IngestSettings> = {
  databaseUrl: secret('PLATEN_DATABASE_URL'),
  domain: text('PLATEN_XMPP_DOMAIN'),
  componentHost: text('PLATEN_COMPONENT_HOST', { default: '127.0.0.1' }),
  componentPort: port('PLATEN_COMPONENT_PORT', { default: 5347 }),
  componentSecret: secret('PLATEN_COMPONENT_SECRET'),
  reportsPerSecond: optional(integer('PLATEN_INGEST_REPORTS_PER_SECOND', { min: 1 })),
}
