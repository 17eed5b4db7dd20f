import type { DatabaseSync } from 'node:sqlite'
import type { DeviceState } from '../changes/index.ts'

/** By what a device is known again. */
export interface DeviceIdentity {
  make?: string
  serial?: string
  mac?: string
  /** Where it was last read; absent when another device was read there since. */
  address?: string
}

/** What the monitor keeps of a device over restarts. */
export interface DeviceRecord {
  /** The monitor's own lasting name for it. */
  key: string
  identity: DeviceIdentity
  /** What was last reported. */
  state: DeviceState
  /** When a full report was last made, ms since 1970. */
  reportedFullAt: number
}

export function createDeviceStore(database: DatabaseSync) {
  const save = database.prepare(`
    insert or replace into device (key, identity, state, reported_full_at) values (?, ?, ?, ?)
  `)
  const all = database.prepare(`
    select key, identity, state, reported_full_at from device order by rowid
  `)
  return {
    save({ key, identity, state, reportedFullAt }: DeviceRecord): void {
      save.run(key, JSON.stringify(identity), JSON.stringify(state), reportedFullAt)
    },
    /** In the order of saving, the latest last. */
    all: (): DeviceRecord[] =>
      all.all().map(row => ({
        key: String(row.key),
        identity: JSON.parse(String(row.identity)),
        state: JSON.parse(String(row.state)),
        reportedFullAt: Number(row.reported_full_at),
      })),
  }
}
