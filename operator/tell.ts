import type { Logger } from '@platen/telemetry'
import type { Events } from './cluster/events.ts'
import type { Reporter } from './reconcile/report.ts'
import type { Resource } from './reconcile/status.ts'

/** An event beside the object, and a line in the log. */
export function reporterFor(
  { apiVersion, kind, metadata: { name, uid = '' } }: Resource,
  { logger, events }: { logger: Logger; events: Events },
): Reporter {
  const log = logger.child({ kind, object: name })
  return {
    log,
    normal(reason, note) {
      log.info({ reason }, note)
      events.emit(
        { apiVersion, kind, name, uid },
        { type: 'Normal', reason, action: 'Reconcile', note },
      )
    },
    warning(reason, note) {
      log.warn({ reason }, note)
      events.emit(
        { apiVersion, kind, name, uid },
        { type: 'Warning', reason, action: 'Reconcile', note },
      )
    },
  }
}
