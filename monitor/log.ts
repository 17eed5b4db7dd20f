import type { Logger } from '@platen/telemetry'

/** As much of a logger as the monitor's parts need. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>
