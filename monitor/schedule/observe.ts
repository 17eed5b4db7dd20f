import {
  changeOf,
  type DeviceChange,
  type DeviceState,
  openIncidents,
  type ReadFailure,
  withFailure,
} from '../changes/index.ts'
import type { DeviceIdentity, DeviceRecord, Entry } from '../outbox/index.ts'
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
  const { record, isStated } = device
  const open = openIncidents(record.state.incidents, incidents, timeOf(at))
  const { make, serial, mac } = { ...record.identity, ...sections.asset }
  const identity = { ...defined({ make, serial, mac }), address }
  const isFull = !isStated || isDayApart(at, record.reportedFullAt)
  const change = changeOf(record.state, { ...sections, incidents: open }, isFull)
  const seen = { ...device, failures: 0, isRead: true }
  if (!change) return { device: seen }
  const reportedFullAt = isFull ? at : record.reportedFullAt
  return report({ ...seen, isStated: true }, { identity, reportedFullAt }, change, at)
}

/**
 * What is not read is not stated again, not even once a day: the entry holds what the failure itself changes.
 *
 * @param at ms since 1970.
 */
export function observeFailure(
  device: Device,
  failure: ReadFailure,
  address: string | undefined,
  at: number,
): Observation {
  const failures = device.failures + 1
  const { state, identity, reportedFullAt } = device.record
  const failed = { ...device, failures }
  const change = changeOf(state, failedState(state, failure, { failures, address, at }), false)
  if (!change) return { device: failed }
  const now = { ...identity, ...defined({ address }) }
  return report(failed, { identity: now, reportedFullAt }, change, at)
}

interface Failure {
  failures: number
  address: string | undefined
  at: number
}

/** Before a device is known to fail for sure, only that there is one is worth a report. */
function failedState(
  { asset, incidents }: DeviceState,
  failure: ReadFailure,
  { failures, address, at }: Failure,
): DeviceState {
  const known = asset === undefined && address !== undefined ? { asset: { address } } : {}
  if (failures < FAILURES_TO_REPORT) return known
  const failing = { ...known, incidents: withFailure(incidents, failure, timeOf(at)) }
  if (address !== undefined || asset === undefined) return failing
  const { address: _, ...rest } = asset // another device is there
  return { ...failing, asset: rest }
}

function report(
  device: Device,
  reported: Pick<DeviceRecord, 'identity' | 'reportedFullAt'>,
  { sections, changed, state }: DeviceChange,
  at: number,
): Observation {
  const { key } = device.record
  const record = { key, state, ...reported }
  const entry = { device: key, observedAt: timeOf(at), ...sections, changed, record }
  return { device: { ...device, record }, entry }
}

/** Either way: a clock that was ahead and has been set back must not hold the report up. */
function isDayApart(at: number, before: number): boolean {
  return Math.abs(at - before) >= FULL_EVERY
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}

function defined(identity: { [K in keyof DeviceIdentity]?: string | undefined }): DeviceIdentity {
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined))
}
