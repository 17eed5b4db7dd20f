import {
  type DeviceRow,
  devicesById,
  type IncidentRow,
  incidentsById,
  type MonitorRow,
  monitorsById,
  type SiteRow,
  sitesById,
} from '@platen/database'
import { builder } from './builder.ts'

/** The types that have an id of their own. Their fields are in the file of each; here, they may all refer to each other. */

export const Device = builder.loadableNodeRef('Device', {
  id: { resolve: (row: DeviceRow) => row.id },
  load: (ids: string[], { sql }) => devicesById(sql, ids),
  sort: row => row.id,
})

export const Incident = builder.loadableNodeRef('Incident', {
  id: { resolve: (row: IncidentRow) => row.id },
  load: (ids: string[], { sql }) => incidentsById(sql, ids),
  sort: row => row.id,
})

export const Monitor = builder.loadableNodeRef('Monitor', {
  id: { resolve: (row: MonitorRow) => row.id },
  load: (ids: string[], { sql }) => monitorsById(sql, ids),
  sort: row => row.id,
})

export const Site = builder.loadableNodeRef('Site', {
  id: { resolve: (row: SiteRow) => row.id },
  load: (ids: string[], { sql }) => sitesById(sql, ids),
  sort: row => row.id,
})
