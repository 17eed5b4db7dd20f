import { ensurePartitions, isOutage, requireSchema, type Sql } from '@platen/database'
import { codeOf, type Logger } from '@platen/telemetry'
import { backoff, pause } from './backoff.ts'

const BACKOFF = { first: 250, longest: 2_000 }
const DAY = 86_400_000

/**
 * Waits until the database can be reached, checks that its schema is the one this ingest is written for, and makes the
 * partitions of the coming months. Throws when waiting would not help, or when `stop` is aborted.
 */
export async function openDatabase(sql: Sql, logger: Logger, stop: AbortSignal): Promise<void> {
  for (let failures = 1; ; failures += 1) {
    const outage = await prepare(sql)
    if (!outage) return
    if (failures === 1) {
      logger.warn({ code: codeOf(outage) }, 'cannot reach the database; trying until it is there')
    }
    await pause(backoff(failures, BACKOFF), stop)
    if (stop.aborted) throw new Error('it was stopped while it waited for the database')
  }
}

/** Gives the error when the database is away; throws on everything else. */
async function prepare(sql: Sql): Promise<Error | undefined> {
  try {
    await requireSchema(sql)
    await ensurePartitions(sql)
    return undefined
  } catch (error) {
    if (isOutage(error)) return error
    throw error
  }
}

/** Makes the partitions of the coming months once a day, which is months before they are needed. */
export function keepPartitions(sql: Sql, logger: Logger): Disposable {
  const timer = setInterval(() => {
    ensurePartitions(sql).catch(error => {
      logger.error({ code: codeOf(error) }, 'cannot make partitions; trying again tomorrow')
    })
  }, DAY)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
