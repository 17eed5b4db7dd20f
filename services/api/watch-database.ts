import type { Sql } from '@platen/database'
import { codeOf, type Health, type Logger } from '@platen/telemetry'

const EVERY_MS = 2_000

/** Says at /readyz whether the database answers: asks it every two seconds, one question at a time. */
export function watchDatabase(sql: Sql, health: Health, logger: Logger): Disposable {
  let isThere = true
  let isAsking = false
  health.ready('database', isThere)

  function tell(answers: boolean, error?: unknown): void {
    if (answers === isThere) return
    isThere = answers
    health.ready('database', isThere)
    if (isThere) logger.info('the database is back')
    else logger.warn({ code: codeOf(error) }, 'cannot ask the database; trying until it is there')
  }

  async function ask(): Promise<void> {
    if (isAsking) return
    isAsking = true
    await sql`select 1`.then(
      () => tell(true),
      error => tell(false, error),
    )
    isAsking = false
  }

  const timer = setInterval(() => void ask(), EVERY_MS)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
