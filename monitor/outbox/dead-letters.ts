import type { DatabaseSync } from 'node:sqlite'

/** A report that the ingest will never store, with its reason. */
export interface DeadLetter {
  seq: number
  code: string
  reason: string
  xml: string
}

/** More are counted, but only the newest are kept. */
const MOST = 1000

export function createDeadLetters(database: DatabaseSync) {
  const put = database.prepare(`
    insert into dead_letter (seq, code, reason, xml)
    select seq, ?, ?, xml from report where seq = ?
  `)
  const trim = database.prepare(`
    delete from dead_letter where seq <= (
      select seq from dead_letter order by seq desc limit 1 offset ${MOST}
    )
  `)
  const all = database.prepare('select seq, code, reason, xml from dead_letter order by seq')
  return {
    /** Keeps a waiting report, which is then to be removed. Gives how many it was: 0 when it is not waiting any more. */
    put({ seq, code, reason }: Omit<DeadLetter, 'xml'>): number {
      const kept = Number(put.run(code, reason, seq).changes)
      trim.run()
      return kept
    },
    all: (): DeadLetter[] =>
      all.all().map(row => ({
        seq: Number(row.seq),
        code: String(row.code),
        reason: String(row.reason),
        xml: String(row.xml),
      })),
  }
}
