import type { Logger } from '@platen/telemetry'

/** Tells people what happened to one object: an event beside it, and a line in the log. */
export interface Reporter {
  /** Reasons: those of REASONS. */
  normal(reason: string, message: string): void
  warning(reason: string, message: string): void
  readonly log: Logger
}
