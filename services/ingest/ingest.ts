import { connect, createReportWriter, TransientError } from '@platen/database'
import { createPace } from '@platen/pace'
import { codeOf, errorDetails, type Logger, type RunningProcess } from '@platen/telemetry'
import { createBudget } from './budget.ts'
import { createCommit } from './commit.ts'
import { startComponent } from './component.ts'
import { keepPartitions, openDatabase } from './database.ts'
import { createIntake } from './intake.ts'
import { createLanes } from './lanes.ts'
import { createMetrics } from './metrics.ts'
import type { IngestSettings } from './settings.ts'

/** Commits at the same time: where unnest comes nearest to the speed of COPY. */
export const LANES = 4
export const GROUP = { reports: 2_000, bytes: 2 * 1024 * 1024 }
/** In memory a decoded report takes several times its size on the wire. */
const MEMORY = { reports: 10_000, bytes: 16 * 1024 * 1024 }
/** Milliseconds since 1970, with fractions. */
const clock = () => performance.timeOrigin + performance.now()
/** Seconds' worth of reports that are taken in at once after quiet times: what outboxes hold after a short outage. */
const SAVED = 60
const BACKOFF = { first: 100, longest: 2_000 }

/**
 * Starts the ingest: waits for the database, then joins the XMPP server as `ingest.DOMAIN` and goes on by itself,
 * whatever comes and goes. Throws when the database's version is not the one this ingest is written for.
 */
export async function startIngest(process: RunningProcess<IngestSettings>): Promise<void> {
  const { settings, logger, tracer, meter, health, onStop } = process
  health.ready('database', false)
  health.ready('xmpp', false)

  const sql = connect(settings.databaseUrl, {
    name: 'platen ingest',
    max: LANES,
    statementMs: 10_000,
  })
  const stopping = new AbortController()
  onStop('the connections to the database', () => sql.end())
  onStop('waiting for the database', () => stopping.abort())
  await openDatabase(sql, logger, stopping.signal)
  health.ready('database', true)
  const partitions = keepPartitions(sql, logger)
  onStop('the upkeep of partitions', () => partitions[Symbol.dispose]())

  const budget = createBudget(MEMORY, isFull => component.setReading(!isFull))
  const metrics = createMetrics(meter, () => budget.used)
  const writer = createReportWriter(sql, {
    onDefect: error =>
      logger.error(
        errorDetails(error),
        'cannot store a report by a mistake of our own; refused it',
      ),
  })
  const lanes = createLanes({
    lanes: LANES,
    group: GROUP,
    backoff: BACKOFF,
    commit: createCommit({ writer, tracer, metrics, clock }),
    probe: async () => void (await sql`select 1`),
    onHealth(isHealthy, error) {
      health.ready('database', isHealthy)
      tellHealth(logger, isHealthy, error)
    },
  })
  const { reportsPerSecond: perSecond = Number.POSITIVE_INFINITY } = settings
  const pace = createPace({ perSecond, saved: SAVED })
  const intake = createIntake({ lanes, budget, pace, metrics, clock })
  const component = startComponent({
    service: `xmpp://${settings.componentHost}:${settings.componentPort}`,
    secret: settings.componentSecret,
    domain: settings.domain,
    intake,
    logger,
    onLink(isUp) {
      metrics.link(isUp)
      health.ready('xmpp', isUp)
    },
  })
  onStop('the XMPP component', () => component.close())
  onStop('commits', async () => {
    component.setReading(true) // what still comes is answered: come again
    await intake.close()
  })
}

function tellHealth(logger: Logger, isHealthy: boolean, error: unknown): void {
  if (isHealthy) logger.info('commits work again')
  else if (error instanceof TransientError) {
    logger.warn({ code: codeOf(error) }, 'cannot commit: the database fails; senders try again')
  } else logger.error(errorDetails(error), 'cannot commit; senders try again')
}
