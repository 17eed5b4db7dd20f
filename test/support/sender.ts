import { createMonitor } from '@platen/database'
import { createSender, type Entry, type Outbox, type SenderOptions } from '@platen/monitor'
import { expect } from 'vitest'
import { startProcess } from './process.ts'
import { DOMAIN } from './prosody.ts'
import { startTestTenant, type TestTenant } from './tenant.ts'

/** Pauses between attempts to connect that no test has to wait for. */
export const FAST = { backoff: { first: 50, longest: 200 } }

export function reading(value: number): Entry {
  const meters = [{ name: 'total', unit: 'impressions', value, grade: 'A' } as const]
  return { device: 'd', observedAt: '2026-11-23T08:00:00.000Z', meters }
}

export function readings(first: number, last: number): Entry[] {
  return Array.from({ length: last - first + 1 }, (_, index) => reading(first + index))
}

/** A log that can be read. */
export function createLog() {
  const lines: string[] = []
  const write = (...words: unknown[]) => void lines.push(String(words.at(-1)))
  return { lines, info: write, warn: write, error: write }
}

export function startSender(tenant: TestTenant, outbox: Outbox, more: Partial<SenderOptions> = {}) {
  const logger = createLog()
  const { c2sPort: port, ca } = tenant.prosody
  const xmpp = { host: '127.0.0.1', port, domain: DOMAIN, user: 'm', password: 'pass', ca }
  const waitBackoff = { first: 50, longest: 200 }
  const options = { outbox, logger, waitBackoff, batchBytes: 2_000, ...more }
  const sender = createSender({ ...options, xmpp: { ...xmpp, times: FAST, ...more.xmpp } })
  return { sender, logger, [Symbol.asyncDispose]: () => sender.stop() }
}

export async function startTenant(): Promise<TestTenant> {
  const tenant = await startTestTenant()
  const [site] = await tenant.database.sql<{ id: string }[]>`select id from site`
  const account = { name: 'm', site: site?.id ?? '', host: DOMAIN, password: 'pass' }
  await createMonitor(tenant.database.sql, account)
  return tenant
}

export async function startIngest(tenant: TestTenant) {
  const ingest = startProcess('services/ingest/main.ts', tenant.ingestEnv)
  await ingest.logged(/^connected to the XMPP server$/)
  return ingest
}

export const until = async (condition: () => boolean) =>
  expect.poll(condition, { timeout: 20_000 }).toBe(true)

/** Every life count that is stored, in the order of storing. */
export async function storedValues({ database: { sql } }: TestTenant): Promise<number[]> {
  const rows = await sql<{ value: string }[]>`select value from meter_reading order by value`
  return rows.map(({ value }) => Number(value))
}

export const numbers = (last: number) => Array.from({ length: last }, (_, index) => index + 1)
