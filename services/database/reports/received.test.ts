import { expect, it } from 'vitest'
import type { Sql } from '../connect.ts'
import { keepRefusals, markReceived, multirange } from './received.ts'
import { databaseWithMonitors } from './writer.support.ts'

it('writes numbers as ranges, whatever their order', () => {
  expect(multirange([7, 2, 1, 3, 2])).toBe('{[1,3],[7,7]}')
})

async function monitorId(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from monitor where name = 'north'`
  return row?.id ?? ''
}

it('closes the oldest gaps of an outbox that skips every second number: a row must not grow without bound', async () => {
  await using test = await databaseWithMonitors()
  const id = await monitorId(test.sql)
  const mark = (first: number, count: number) =>
    test.sql.begin(tx =>
      markReceived(
        tx,
        Array.from({ length: count }, (_, i) => ({
          monitorId: id,
          epoch: 'e',
          seq: first + 2 * i,
        })),
      ),
    )

  await mark(1, 4096)
  const [before] = await test.sql`
    select sequences @> 2::bigint as gap, (select count(*) from unnest(sequences)) as ranges from received_report`
  expect(before).toEqual({ gap: false, ranges: 4096 })

  await mark(8193, 100)
  const [after] = await test.sql`
    select (select count(*) from unnest(sequences)) as ranges, lower(sequences) as first,
      sequences @> 200::bigint as closed, sequences @> 202::bigint as open, upper(sequences) as last
    from received_report`
  expect(after).toEqual({ ranges: 4096, first: 1, closed: true, open: false, last: 8392 })
})

it('keeps the newest ten thousand refusals of a monitor: one that sends nothing else must not fill the disk', async () => {
  await using test = await databaseWithMonitors()
  const id = await monitorId(test.sql)
  const refuse = (first: number, count: number) =>
    test.sql.begin(tx =>
      keepRefusals(
        tx,
        Array.from({ length: count }, (_, i) => ({
          monitorId: id,
          epoch: 'e',
          seq: first + i,
          code: 'malformed' as const,
          reason: 'why',
        })),
      ),
    )

  await refuse(1, 10_000)
  await refuse(10_001, 3)

  const [kept] = await test.sql`
    select count(*) as count, min(seq) as first, max(seq) as last from rejected_report`
  expect(kept).toEqual({ count: 10_000, first: 4, last: 10_003 })
  expect(await test.sql`select sequences from received_report`).toEqual([
    { sequences: '{[1,10004)}' },
  ])
})
