import { isDeepStrictEqual } from 'node:util'
import type { Report } from '@platen/protocol'

/** The sections of a report about a device, in the order of their bits in the outbox. */
export const DEVICE_SECTIONS = ['asset', 'meters', 'supplies', 'trays', 'incidents'] as const
export type DeviceSection = (typeof DEVICE_SECTIONS)[number]

/** What is known of a device: each section that was ever read, whole. */
export type DeviceState = Pick<Report, DeviceSection>

/** What goes into a report about a device. */
export interface DeviceChange {
  /** The sections to report. */
  sections: DeviceState
  /** Those of them that differ from what was reported last; a full report names the others as well. */
  changed: DeviceSection[]
  /** What is reported of the device afterwards. */
  state: DeviceState
}

/**
 * Compares what was last reported of a device with what is known now. A section that `now` lacks was not read: it
 * stays as it was. Rows in another order are no change. Undefined: there is nothing to say.
 *
 * @param isFull states every known section, changed or not.
 */
export function changeOf(
  last: DeviceState | undefined,
  now: DeviceState,
  isFull: boolean,
): DeviceChange | undefined {
  const state = { ...last, ...now }
  const changed = changedSections(last, now)
  if (isFull) return { sections: state, changed, state }
  if (changed.length === 0) return undefined
  return { sections: only(state, changed), changed, state }
}

/** The names of the sections in `now` that differ from `last`. */
export function changedSections(last: DeviceState | undefined, now: DeviceState): DeviceSection[] {
  return DEVICE_SECTIONS.filter(
    name => now[name] !== undefined && !isDeepStrictEqual(sorted(last?.[name]), sorted(now[name])),
  )
}

function only(state: DeviceState, names: DeviceSection[]): DeviceState {
  return Object.fromEntries(names.map(name => [name, state[name]]))
}

/** Rows by their key: its name where it is a meter, its key where it is an incident, else its index. */
function sorted(section: DeviceState[DeviceSection]): unknown {
  if (!Array.isArray(section)) return section
  const rows = section.map(row => ({ row, key: rowKey(row) }))
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row)
}

function rowKey(row: { name?: string; key?: string; index?: string }): string {
  return row.key ?? row.index ?? row.name ?? ''
}
