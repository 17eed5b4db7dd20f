import { archiveState, type Sql } from '@platen/database'
import { codeOf, type Logger, type Meter } from '@platen/telemetry'

const EVERY_MS = 60_000
/** A segment is archived each minute. */
const LATE_SECONDS = 300

export interface ArchiveWatchOptions {
  sql: Sql
  logger: Logger
  meter: Meter
  /** Milliseconds from one look to the next. */
  everyMs?: number
}

/** Makes it visible that the database's archive, from which it could be restored, falls behind. */
export function watchArchive({ sql, logger, meter, everyMs = EVERY_MS }: ArchiveWatchOptions) {
  let age: number | undefined
  let isLate = false
  meter
    .createObservableGauge('platen.database.archive.age', {
      unit: 's',
      description: "Since the database's archive was written; nothing where there is none",
    })
    .addCallback(result => {
      if (age !== undefined) result.observe(age)
    })

  async function look(): Promise<void> {
    const state = await archiveState(sql)
    age = state?.age
    const wasLate = isLate
    isLate = state?.failing === true && state.age > LATE_SECONDS
    if (isLate)
      logger.error({ seconds: Math.round(state?.age ?? 0) }, 'nothing is archived any more')
    else if (wasLate) logger.info('the archive is written again')
  }

  const lookOnce = () =>
    void look().catch(error => logger.warn({ code: codeOf(error) }, 'cannot look at the archive'))
  lookOnce()
  const timer = setInterval(lookOnce, everyMs)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
