import type { Reason } from './reasons.ts'

/** How a phase ended. Failures that nobody foresaw are exceptions; everything expected is one of these. */
export type Outcome =
  | { kind: 'done' }
  /** Not there yet; the watch tells when something changes, and `afterMs` is the latest time to look again. */
  | { kind: 'wait'; condition: string; reason: Reason; message: string; afterMs?: number }
  /** Will not get better by itself: somebody has to change something, and the message says what. It is looked at every minute. */
  | Refused

export interface Refused {
  kind: 'refused'
  condition: string
  reason: Reason
  message: string
}

export const done: Outcome = { kind: 'done' }

export function refused(condition: string, reason: Reason, message: string): Refused {
  return { kind: 'refused', condition, reason, message }
}

export function waitFor(
  condition: string,
  reason: Reason,
  message: string,
  afterMs?: number,
): Outcome {
  return { kind: 'wait', condition, reason, message, ...(afterMs !== undefined && { afterMs }) }
}
