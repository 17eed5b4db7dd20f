import type { Log } from '../log.ts'
import { type Outbox, OutboxFullError, type Settlement } from '../outbox/index.ts'
import { coalesce } from './coalesce.ts'

export interface LedgerOptions {
  outbox: Outbox
  logger: Log
  /** The outbox has forgotten what was answered. */
  onForgotten(): void
  /** The disk has no room even for that: all of it is to be sent again. */
  onFailure(reason: string): void
}

/** Collects what the ingest has answered, so that the outbox forgets it in one transaction. */
export interface Ledger {
  add(settlement: Settlement): void
  /** Now rather than soon. */
  flush(): void
}

export function createLedger({ outbox, logger, onForgotten, onFailure }: LedgerOptions): Ledger {
  let settlements: Settlement[] = []
  const flushSoon = coalesce(flush)

  function flush(): void {
    const answered = settlements
    settlements = []
    if (answered.length === 0) return
    try {
      outbox.settle(answered)
    } catch (error) {
      if (!(error instanceof OutboxFullError)) throw error
      onFailure(error.message)
      return
    }
    for (const { seq, code, reason } of answered.flatMap(one => one.refused)) {
      logger.error({ seq, code, reason }, 'a report was refused for good; it is put aside')
    }
    onForgotten()
  }

  return {
    add(settlement) {
      settlements.push(settlement)
      flushSoon()
    },
    flush,
  }
}
