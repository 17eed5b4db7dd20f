import type { Asset, Incident, Meter, Supply, Tray } from '@platen/protocol'

/** One device as it was read: all sections of a report, each whole. Whatever it does not say is absent. */
export interface Reading {
  asset: Asset
  meters: Meter[]
  supplies: Supply[]
  trays: Tray[]
  incidents: OpenIncident[]
}

/** An incident as the device states it. When it was first seen only the caller knows. */
export type OpenIncident = Omit<Incident, 'since'>
