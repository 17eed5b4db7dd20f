import type { XmlElement } from '@platen/protocol'
import { expect, it } from 'vitest'
import { startOwnPostgresql } from '../../test/support/postgresql.ts'
import { startProcess } from '../../test/support/process.ts'
import { DOMAIN } from '../../test/support/prosody.ts'
import { batchOf, INGEST, startTestTenant, testReport } from '../../test/support/tenant.ts'
import {
  blockCommits,
  blocked,
  errorOf,
  MAIN,
  metric,
  receiptOf,
  startIngest,
  stored,
} from './ingest.support.ts'

it('loses nothing when it is killed: what had no answer is sent again, and stored once', async () => {
  await using tenant = await startTestTenant()
  await using killed = await startIngest(tenant)
  using monitor = await tenant.login('m1')
  const batches = [1, 2, 3].map(seq => batchOf(testReport(seq)))
  const [first = '', ...rest] = batches
  receiptOf(await monitor.request(INGEST, first))
  {
    await using _block = await blockCommits(tenant.database)
    for (const batch of rest) monitor.request(INGEST, batch).catch(() => undefined)
    await expect.poll(() => blocked(tenant.database)).toBe(1)
    killed.kill('SIGKILL')
    await killed.exited
  }
  await using _restarted = await startIngest(tenant)
  for (const batch of batches) receiptOf(await monitor.request(INGEST, batch))
  expect(await stored(tenant.database)).toEqual([1, 2, 3])
  expect(await tenant.database.sql`select 1 from meter_reading`).toHaveLength(3)
})

it('stops in order: commits and answers what it has, tells what comes later to come again', async () => {
  await using tenant = await startTestTenant()
  await using ingest = await startIngest(tenant)
  using monitor = await tenant.login('m1')
  const block = await blockCommits(tenant.database)
  const inFlight = [1, 2, 3].map(seq => monitor.request(INGEST, batchOf(testReport(seq))))
  await expect.poll(() => blocked(tenant.database)).toBe(1)
  ingest.kill('SIGTERM')
  await ingest.logged(/^stopping$/)
  const late = await monitor.request(INGEST, batchOf(testReport(4)))
  expect(errorOf(late)).toMatchObject({ type: 'wait', condition: 'resource-constraint' })
  await block[Symbol.asyncDispose]()
  for (const answer of inFlight) expect(receiptOf(await answer).stored).toBe(1)
  expect(await ingest.exited).toBe(0)
  expect(await stored(tenant.database)).toEqual([1, 2, 3])
})

it('says that another ingest has its name, and takes over when that one stops', async () => {
  await using tenant = await startTestTenant()
  await using first = await startIngest(tenant)
  await using second = startProcess(MAIN, tenant.ingestEnv)
  await second.logged(/conflict: another ingest is connected under the same name/)
  expect(await second.page('/readyz')).toContain('[-] xmpp not ready')
  first.kill('SIGTERM')
  await second.logged(/^connected to the XMPP server$/)
  using monitor = await tenant.login('m1')
  receiptOf(await monitor.request(INGEST, batchOf(testReport(1))))
})

it('stops reading when too much waits for the database, and goes on when that is done', async () => {
  await using tenant = await startTestTenant()
  await using ingest = await startIngest(tenant)
  using monitor = await tenant.login('m1')
  const [batches, size] = [50, 500]
  const answers: Promise<XmlElement>[] = []
  {
    await using _block = await blockCommits(tenant.database)
    for (let batch = 0; batch < batches; batch += 1) {
      const reports = Array.from({ length: size }, (_, n) => testReport(batch * size + n + 1))
      answers.push(monitor.request(INGEST, batchOf(...reports)))
    }
    const waiting = async () => await metric(ingest, 'platen_ingest_queue_reports')
    await expect.poll(waiting, { timeout: 20_000 }).toBeGreaterThanOrEqual(10_000)
    // The server has all of it by now: what it answers comes after what it was sent before.
    await monitor.request(DOMAIN, '<ping xmlns="urn:xmpp:ping"/>', 'get')
    expect(await waiting()).toBeLessThan(12_000)
  }
  for (const answer of await Promise.all(answers)) expect(receiptOf(answer).stored).toBe(size)
  expect((await stored(tenant.database)).length).toBe(batches * size)
}, 60_000)

it('waits for the database at start; answers wait while it is away, and stores when it is back', async () => {
  await using server = await startOwnPostgresql()
  await using tenant = await startTestTenant(server.database)
  await server.stop()
  await using ingest = startProcess(MAIN, tenant.ingestEnv)
  await ingest.logged(/^cannot reach the database/)
  await server.start()
  await ingest.logged(/^connected to the XMPP server$/)
  using monitor = await tenant.login('m1')
  receiptOf(await monitor.request(INGEST, batchOf(testReport(1))))
  expect(await ingest.page('/readyz')).toContain('[+] database ok')

  await server.stop()
  const refused = await monitor.request(INGEST, batchOf(testReport(2)))
  expect(errorOf(refused)).toMatchObject({ type: 'wait', condition: 'internal-server-error' })
  expect(await ingest.page('/readyz')).toContain('[-] database not ready')

  await server.start()
  await expect.poll(() => ingest.page('/readyz'), { timeout: 15_000 }).toContain('[+] database ok')
  receiptOf(await monitor.request(INGEST, batchOf(testReport(2))))
  expect(await stored(tenant.database)).toEqual([1, 2])
}, 60_000)
