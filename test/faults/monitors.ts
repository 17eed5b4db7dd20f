/** How a monitor's reports treat a queue that has no room: see content.ts. */
export type Habit =
  /** Health, changes, and now and then a full report. */
  | 'plain'
  /** Every report opens or closes an incident, so nothing may be thinned: its outbox fills up and refuses. */
  | 'eventful'
  /** Every second report of a device says nothing new: its outbox fills up and is thinned. */
  | 'repetitive'

/** One of the simulated monitors. */
export interface MonitorSpec {
  /** Place among the monitors, from 0; also in its serial numbers and times. */
  index: number
  name: string
  habit: Habit
  /** Bytes that its outbox may take; absent: the outbox's default. */
  quotaBytes?: number
  /** Its outbox lies on a disk of a few MiB, which gets full; where such a disk can't be mounted, on the usual one. */
  onSmallDisk?: true
}

/** What about two seconds without a connection fill. */
const SMALL_QUOTA = 160 * 1024

/** The first two share a printer. */
export const MONITORS = [
  { index: 0, name: 'monitor-a', habit: 'plain' },
  { index: 1, name: 'monitor-b', habit: 'plain' },
  { index: 2, name: 'monitor-c', habit: 'plain', onSmallDisk: true },
  { index: 3, name: 'monitor-d', habit: 'eventful', quotaBytes: SMALL_QUOTA },
  { index: 4, name: 'monitor-e', habit: 'repetitive', quotaBytes: SMALL_QUOTA },
] as const satisfies readonly MonitorSpec[]

export type MonitorName = (typeof MONITORS)[number]['name']

/** Reports a second that each of them makes. */
export const RATE = 60
