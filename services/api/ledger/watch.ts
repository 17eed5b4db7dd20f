import { recordLedger, type Sql } from '@platen/database'
import { codeOf, type Logger, type Meter } from '@platen/telemetry'
import { type Choice, chooseEntries, hashesOf, readKeys } from './choose.ts'
import { readFiles, stateOf } from './directory.ts'

const EVERY_MS = 5_000

export interface LedgerWatchOptions {
  directory: string
  sql: Sql
  logger: Logger
  meter: Meter
  /** Milliseconds from one look at the directory to the next. */
  everyMs?: number
}

/** Writes down the entries of the residency ledger as the operator puts them into the directory. */
export function watchLedger({ directory, everyMs = EVERY_MS, ...rest }: LedgerWatchOptions) {
  const take = ledgerTaker(rest)
  let done: string | undefined
  let isLooking = false

  /** What failed is tried again at the next look; what was refused, when the files have changed. */
  async function look(): Promise<void> {
    const state = await stateOf(directory)
    if (state === undefined || state === done) return
    await take(await readFiles(directory))
    done = state
  }

  async function lookOnce(): Promise<void> {
    if (isLooking) return
    isLooking = true
    await look().catch(error => {
      rest.logger.error(
        { code: codeOf(error) },
        'cannot write down the residency ledger; trying again',
      )
    })
    isLooking = false
  }

  void lookOnce()
  const timer = setInterval(() => void lookOnce(), everyMs)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function ledgerTaker({ sql, logger, meter }: Pick<LedgerWatchOptions, 'sql' | 'logger' | 'meter'>) {
  const written = meter.createCounter('platen.ledger.entries', {
    unit: '{entry}',
    description: 'Entries of the residency ledger that were written down',
  })
  const refused = meter.createCounter('platen.ledger.refusals', {
    unit: '{file}',
    description: 'States of the ledger file in which an entry had to be refused, by reason',
  })

  function tell({ entries, refused: reason, hasGap }: Choice): void {
    written.add(entries.length)
    if (entries.length > 0) logger.info({ entries: entries.length }, 'the residency ledger grew')
    if (hasGap) logger.error('entries of the residency ledger were never seen: they are missing')
    if (reason === undefined) return
    refused.add(1, { reason })
    logger.error({ reason }, 'refused an entry of the residency ledger, and all after it')
  }

  return async ({ lines, keys: json }: { lines: string[]; keys: string }): Promise<void> => {
    const keys = readKeys(json)
    if (!keys) {
      refused.add(1, { reason: 'keys' })
      logger.error('cannot read the keys of the residency ledger')
      return
    }
    let choice: Choice | undefined
    await recordLedger(sql, hashesOf(lines), stored => {
      choice = chooseEntries(lines, keys, stored)
      return choice
    })
    if (choice) tell(choice)
  }
}
