import {
  changeOf,
  type DeviceState,
  openIncidents,
  type ReadFailure,
  withFailure,
} from '../changes/index.ts'
import type { DeviceIdentity, Entry } from '../outbox/index.ts'
import type { Reading } from '../reading/index.ts'
import type { Device } from './registry.ts'

/** A device is reported as failing after so many attempts in a row: one lost datagram is no incident. */
export const FAILURES_TO_REPORT = 3
/** A full report of each device so often, in ms. */
const FULL_EVERY = 24 * 60 * 60 * 1000

/** What an attempt to read a device comes to. */
export interface Observation {
  /** The device as it is once the entry is in the outbox. */
  device: Device
  /** Absent: nothing has changed. */
  entry?: Entry
}

/** @param at ms since 1970. */
export function observeReading(
  device: Device,
  { incidents, ...sections }: Reading,
  address: string,
  at: number,
): Observation {
  const before = device.record.state
  const open = openIncidents(before.incidents, incidents, new Date(at).toISOString())
  const { make, serial, mac } = { ...device.record.identity, ...sections.asset }
  const identity = { ...defined({ make, serial, mac }), address }
  const seen = { ...device, failures: 0, readAt: at }
  return observe(seen, identity, { ...sections, incidents: open }, at)
}

/** @param at ms since 1970. */
export function observeFailure(
  device: Device,
  failure: ReadFailure,
  address: string | undefined,
  at: number,
): Observation {
  const failures = device.failures + 1
  const { state, identity } = device.record
  const now: DeviceState = {}
  if (failures >= FAILURES_TO_REPORT) {
    now.incidents = withFailure(state.incidents, failure, new Date(at).toISOString())
  }
  if (state.asset === undefined && address !== undefined) now.asset = { address }
  const failed = { ...device, failures }
  // Before it is known for sure, only that there is such a device is worth a report.
  if (Object.keys(now).length === 0) return { device: failed }
  return observe(failed, { ...identity, ...defined({ address }) }, now, at)
}

function observe(
  device: Device,
  identity: DeviceIdentity,
  now: DeviceState,
  at: number,
): Observation {
  const { key, state: last, reportedFullAt } = device.record
  const isFull = !device.isStated || at - reportedFullAt >= FULL_EVERY
  const change = changeOf(last, now, isFull)
  if (!change) return { device }
  const record = {
    key,
    identity,
    state: change.state,
    reportedFullAt: isFull ? at : reportedFullAt,
  }
  const entry = {
    device: key,
    observedAt: new Date(at).toISOString(),
    ...change.sections,
    changed: change.changed,
    record,
  }
  return { device: { ...device, record, isStated: true }, entry }
}

function defined(identity: { [K in keyof DeviceIdentity]?: string | undefined }): DeviceIdentity {
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined))
}
