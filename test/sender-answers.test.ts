import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { openOutbox } from '@platen/monitor'
import { describe, expect, it } from 'vitest'
import { startRelay } from './faults/relay.ts'
import { temporaryDirectory } from './support/directory.ts'
import { DOMAIN } from './support/prosody.ts'
import {
  FAST,
  numbers,
  readings,
  startIngest,
  startSender,
  startTenant,
  storedValues,
  until,
} from './support/sender.ts'

/** An outbox of ten reports, of which the fifth is not what it was. */
function outboxWithDamage(directory: string, before: string, after: string) {
  {
    using outbox = openOutbox({ directory })
    outbox.append(readings(1, 10))
  }
  const database = new DatabaseSync(join(directory, 'outbox.sqlite'))
  database.prepare('update report set xml = replace(xml, ?, ?) where seq = 5').run(before, after)
  database.close()
  return openOutbox({ directory })
}

describe('a report that can never be stored', () => {
  it.each([
    { why: 'spoils the whole batch: the others go alone', before: 'seq="5"', after: 'seq="five"' },
    { why: 'is refused by itself', before: 'grade="A"', after: 'grade="A" user="somebody"' },
  ])('$why; it is put aside with the reason', { timeout: 30_000 }, async ({ before, after }) => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    await using _ = await startIngest(tenant)
    using outbox = outboxWithDamage(directory.path, before, after)
    await using sending = startSender(tenant, outbox, { batchBytes: 100_000 })
    await until(() => outbox.stats().reports === 0)
    expect(await storedValues(tenant)).toEqual(numbers(10).filter(value => value !== 5))
    expect(outbox.stats().refused).toBe(1)
    expect(outbox.deadLetters()).toMatchObject([
      { seq: 5, code: 'malformed', reason: expect.stringContaining('report') },
    ])
    expect(sending.logger.lines).toContain('a report was refused for good; it is put aside')
    outbox.append(readings(11, 12))
    await until(() => outbox.stats().reports === 0)
    expect(await storedValues(tenant), 'what comes later is not held up').toContain(12)
  })
})

describe('silence', { timeout: 30_000 }, () => {
  it('of the ingest: what it has not answered in time is sent again, and stored once', async () => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    await using ingest = await startIngest(tenant)
    using outbox = openOutbox({ directory: directory.path })
    await using sending = startSender(tenant, outbox, { answerTimeout: 200 })
    await until(() => sending.sender.isConnected)
    ingest.kill('SIGSTOP')
    outbox.append(readings(1, 20))
    await until(() =>
      sending.logger.lines.some(line => line.includes('the ingest does not answer')),
    )
    expect(outbox.stats().reports).toBe(20)
    ingest.kill('SIGCONT')
    await until(() => outbox.stats().reports === 0)
    expect(await storedValues(tenant)).toEqual(numbers(20))
  })

  it('of the line: the server is asked whether it is there, and connected to anew', async () => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    await using _ = await startIngest(tenant)
    const relay = await startRelay(tenant.prosody.c2sPort)
    using outbox = openOutbox({ directory: directory.path })
    const { ca } = tenant.prosody
    const times = { ...FAST, silence: 1_000 }
    const xmpp = {
      host: '127.0.0.1',
      port: relay.port,
      domain: DOMAIN,
      user: 'm',
      password: 'pass',
      ca,
      times,
    }
    {
      await using sending = startSender(tenant, outbox, { xmpp })
      await until(() => sending.sender.isConnected)
      outbox.append(readings(1, 5))
      await until(() => outbox.stats().reports === 0)
      await delay(2.5 * times.silence) // nothing must happen: the pings of two silences are answered
      const losses = () =>
        sending.logger.lines.filter(line => line.includes('does not answer any more'))
      expect(losses()).toEqual([])
      relay.stall(20_000)
      outbox.append(readings(6, 9))
      await until(() => outbox.stats().reports === 0)
      expect(losses()).toHaveLength(1)
    }
    await relay.close()
    expect(await storedValues(tenant)).toEqual(numbers(9))
  })
})
