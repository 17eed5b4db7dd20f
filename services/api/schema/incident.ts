import {
  INCIDENT_ORDER,
  listIncidents,
  listIncidentsOfDevices,
  openIncidentsOfDevices,
} from '@platen/database'
import type { NamedOrder } from '../cursor.ts'
import { connectionOf, connectionsOf, mostItems, pageToRead } from '../page.ts'
import { builder } from './builder.ts'
import { given } from './filter.ts'
import { Device, Incident, Site } from './nodes.ts'

const ORDER: NamedOrder = { name: 'incident', ...INCIDENT_ORDER }

export const Severity = builder.enumType('Severity', {
  description: 'PrtAlertSeverityLevelTC (RFC 3805), least severe first.',
  values: {
    OTHER: { value: 'other' },
    WARNING: { value: 'warning' },
    CRITICAL: { value: 'critical' },
  } as const,
})

const IncidentSource = builder.enumType('IncidentSource', {
  values: {
    ALERT: { value: 'alert', description: 'A row of prtAlertTable.' },
    STATE: { value: 'state', description: 'A bit of hrPrinterDetectedErrorState.' },
    MONITOR: { value: 'monitor', description: 'The monitor itself.' },
  } as const,
})

builder.objectType(Incident, {
  description:
    'A condition of a device, from when it was first seen until it was no longer reported.',
  fields: t => ({
    source: t.expose('source', { type: IncidentSource, description: 'Who says so.' }),
    severity: t.expose('severity', { type: Severity }),
    code: t.exposeString('code', {
      description:
        'PrtAlertCodeTC or error-state name where known, e.g. coverOpen; from the monitor: unreachable, unreadable.',
    }),
    group: t.exposeString('group', {
      nullable: true,
      description: 'PrtAlertGroupTC name, e.g. input, marker. Null: not known.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: "The device's own text. Null: the device does not say.",
    }),
    openedAt: t.expose('openedAt', {
      type: 'DateTime',
      description: 'When the monitor first saw it.',
    }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was no longer reported. Null: it is still open.',
    }),
    device: t.field({ type: Device, resolve: row => row.deviceId }),
  }),
})

const Incidents = builder.connectionObject(
  { type: Incident, name: 'IncidentConnection' },
  { name: 'IncidentEdge' },
)

const DeviceIncidentFilter = builder.inputType('DeviceIncidentFilter', {
  description: 'All that are given must hold.',
  fields: t => ({
    open: t.boolean({ description: 'True: still open; false: closed.' }),
    minimumSeverity: t.field({ type: Severity, description: 'At least this severe.' }),
    since: t.field({ type: 'DateTime', description: 'Opened at this time or later.' }),
  }),
})

const IncidentFilter = builder.inputType('IncidentFilter', {
  description: 'All that are given must hold.',
  fields: t => ({
    open: t.boolean({ description: 'True: still open; false: closed.' }),
    minimumSeverity: t.field({ type: Severity, description: 'At least this severe.' }),
    since: t.field({ type: 'DateTime', description: 'Opened at this time or later.' }),
    deviceId: t.globalID({ for: Device }),
    siteId: t.globalID({ for: Site }),
  }),
})

builder.queryField('incidents', t =>
  t.connection(
    {
      type: Incident,
      description: 'Incidents of all devices, newest first.',
      args: { filter: t.arg({ type: IncidentFilter }) },
      complexity: args => ({ field: 5, multiplier: mostItems(args) }),
      resolve: async (_root, { filter, ...args }, { sql }) => {
        const page = pageToRead(args, ORDER)
        const wanted = {
          open: given(filter?.open),
          minimumSeverity: given(filter?.minimumSeverity),
          since: given(filter?.since),
          deviceId: filter?.deviceId?.id,
          siteId: filter?.siteId?.id,
        }
        return connectionOf(await listIncidents(sql, wanted, page), page, ORDER)
      },
    },
    Incidents,
  ),
)

builder.objectFields(Device, t => ({
  openIncidents: t.loadableList({
    type: Incident,
    description: 'All that are open, the most severe first, then the oldest.',
    load: async (deviceIds: string[], { sql }) => {
      const incidents = await openIncidentsOfDevices(sql, deviceIds)
      const incidentsOf = Map.groupBy(incidents, incident => incident.deviceId)
      return deviceIds.map(id => incidentsOf.get(id) ?? [])
    },
    resolve: device => device.id,
  }),
  incidents: t.loadable({
    type: Incidents,
    description: 'Its incidents, newest first.',
    args: { filter: t.arg({ type: DeviceIncidentFilter }), ...t.arg.connectionArgs() },
    complexity: args => ({ field: 5, multiplier: mostItems(args) }),
    byPath: true,
    load: async (deviceIds: string[], { sql }, { filter, ...args }) => {
      const page = pageToRead(args, ORDER)
      const wanted = {
        open: given(filter?.open),
        minimumSeverity: given(filter?.minimumSeverity),
        since: given(filter?.since),
      }
      const rows = await listIncidentsOfDevices(sql, deviceIds, wanted, page)
      return connectionsOf(deviceIds, rows, page, ORDER)
    },
    resolve: device => device.id,
  }),
}))
