/** The parts of the monitor that work without printers, for the fault test and the benchmark. */
export { type Entry, type Outbox, OutboxFullError, openOutbox } from './outbox/index.ts'
export { createSender, type Sender, type SenderOptions, WINDOW } from './sender/index.ts'
