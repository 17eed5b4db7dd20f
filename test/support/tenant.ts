import { createMonitor, createSite } from '@platen/database'
import { encodeBatch, encodeReport, type Report } from '@platen/protocol'
import { freshDatabase, type TestDatabase } from './database.ts'
import { COMPONENT_SECRET, DOMAIN, startTestProsody, type TestProsody } from './prosody.ts'
import { connectXmpp, type XmppClient } from './xmpp-client.ts'

export const INGEST = `ingest.${DOMAIN}`

/** One tenant's database and Prosody, with accounts for monitors, as the ingest finds them. */
export interface TestTenant extends AsyncDisposable {
  readonly database: TestDatabase
  readonly prosody: TestProsody
  /** Environment of the ingest. */
  readonly ingestEnv: Record<string, string>
  /** Makes the monitor's account where there is none, and logs in. */
  login(monitor: string): Promise<XmppClient>
}

/** @param database that of the tenant; by default a fresh one */
export async function startTestTenant(database?: TestDatabase): Promise<TestTenant> {
  const own = database ?? (await freshDatabase())
  const site = await createSite(own.sql, 'A site')
  const prosody = await startTestProsody(own.urlAs('platen_xmpp'))
  const accounts = new Set<string>()
  return {
    database: own,
    prosody,
    ingestEnv: {
      PLATEN_DATABASE_URL: own.urlAs('platen_ingest'),
      PLATEN_XMPP_DOMAIN: DOMAIN,
      PLATEN_COMPONENT_PORT: String(prosody.componentPort),
      PLATEN_COMPONENT_SECRET: COMPONENT_SECRET,
    },
    async login(monitor) {
      const password = `${monitor}-password`
      if (!accounts.has(monitor)) {
        await createMonitor(own.sql, { name: monitor, site, host: DOMAIN, password })
        accounts.add(monitor)
      }
      const { c2sPort: port, ca } = prosody
      return await connectXmpp({ port, ca, domain: DOMAIN, user: monitor, password })
    },
    async [Symbol.asyncDispose]() {
      await prosody[Symbol.asyncDispose]()
      if (!database) await own[Symbol.asyncDispose]()
    },
  }
}

/** A small report about one device. */
export function testReport(seq: number, more: Partial<Report> = {}): Report {
  return {
    epoch: 'e1',
    seq,
    observedAt: new Date().toISOString(),
    device: 'd1',
    meters: [{ name: 'total', unit: 'impressions', value: 1_000 + seq, grade: 'A' }],
    ...more,
  }
}

/** The XML of a batch of these reports. */
export function batchOf(...reports: Report[]): string {
  return encodeBatch(reports.map(report => encodeReport(report)))
}
