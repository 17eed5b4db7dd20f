import { openOutbox } from '@platen/monitor'
import { MONITORS, type MonitorSpec } from '../monitors.ts'
import { nextNumber } from '../stream.ts'

/** What a monitor's outbox says of all that was appended to it. */
export interface Sent {
  monitor: MonitorSpec
  epoch: string
  /** Reports 1 to `last` were appended. */
  last: number
  waiting: number
  thinned: number
  refused: number
}

/** Reads the outboxes, which nobody may be using any more. */
export function readOutboxes(directoryOf: (monitor: MonitorSpec) => string): Sent[] {
  return MONITORS.map(monitor => {
    using outbox = openOutbox({ directory: directoryOf(monitor) })
    const { reports: waiting, thinned, refused } = outbox.stats()
    return { monitor, epoch: outbox.epoch, last: nextNumber(outbox) - 1, waiting, thinned, refused }
  })
}
