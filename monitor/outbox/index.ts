export { SECTIONS, type Section } from './bits.ts'
export type { DeadLetter } from './dead-letters.ts'
export type { DeviceIdentity, DeviceRecord } from './devices.ts'
export { OutboxError, OutboxFullError } from './error.ts'
export {
  type Entry,
  type Outbox,
  type OutboxOptions,
  type OutboxStats,
  openOutbox,
  type Settlement,
} from './outbox.ts'
export type { Batch } from './statements.ts'
