import type { DecodedBatch } from '@platen/protocol'
import type { Load } from './budget.ts'

/** One batch on its way into the database. */
export interface Delivery extends DecodedBatch {
  /** Name of the monitor that sent it. */
  monitor: string
  load: Load
  /** Milliseconds since 1970. */
  receivedAt: number
}
