import type { Sql } from '@platen/database'
import type { Sent } from './sent.ts'
import { type Verdict, verdict } from './verdict.ts'

/** Reports of one monitor, and those of them that the database has received. */
export interface Received extends Sent {
  has(n: number): boolean
  /** How many of 1 to `last` it has not. */
  missing: number
}

interface Row {
  name: string
  epoch: string
  first: number
  last: number
}

/** Holds what received_report says against the outboxes' numbers. */
export async function proveReceived(
  sql: Sql,
  sent: Sent[],
): Promise<{ received: Received[]; verdict: Verdict }> {
  const rows = await sql<Row[]>`
    select name, epoch, lower(range) as first, upper(range) - 1 as last
    from received_report join monitor on monitor.id = monitor_id, unnest(sequences) as range`
  const [refused] = await sql<{ count: number }[]>`select count(*) from rejected_report`
  const received = sent.map(one => match(one, rows))
  const sum = (of: (one: Received) => number) => received.reduce((all, one) => all + of(one), 0)
  const known = sum(({ last, missing }) => last - missing)
  const stored = rows.reduce((all, row) => all + row.last - row.first + 1, 0)
  return {
    received,
    verdict: verdict(
      'every report received exactly once',
      {
        appended: sum(one => one.last),
        received: known,
        'thinned by the outbox': sum(one => one.thinned),
      },
      {
        lost: sum(one => Math.max(0, one.missing - one.thinned)),
        'never appended': stored - known,
        refused: (refused?.count ?? 0) + sum(one => one.refused),
        'still waiting': sum(one => one.waiting),
      },
    ),
  }
}

function match(sent: Sent, rows: Row[]): Received {
  const ranges = rows.filter(
    ({ name, epoch }) => name === sent.monitor.name && epoch === sent.epoch,
  )
  const has = (n: number) => ranges.some(({ first, last }) => n >= first && n <= last)
  let missing = 0
  for (let n = 1; n <= sent.last; n += 1) if (!has(n)) missing += 1
  return { ...sent, has, missing }
}
