import { builder } from './builder.ts'
import { Device, Monitor, Site } from './nodes.ts'

builder.objectType(Device, {
  description:
    'A printer or copier as last reported. Its id says nothing about it and lasts, whatever address it gets. Null is what the device does not say.',
  fields: t => ({
    site: t.field({ type: Site, resolve: row => row.siteId }),
    monitor: t.field({
      type: Monitor,
      description: 'The one that reported it last.',
      resolve: row => row.monitorId,
    }),
    make: t.exposeString('make', { nullable: true, description: 'Null: not known.' }),
    model: t.exposeString('model', { nullable: true, description: 'Null: not known.' }),
    serial: t.exposeString('serial', { nullable: true, description: 'Null: not known.' }),
    macAddress: t.exposeString('macAddress', {
      nullable: true,
      description: 'Six octets, lower-case hex with colons. Null: not known.',
    }),
    hostName: t.exposeString('hostName', { nullable: true, description: 'Null: not known.' }),
    address: t.exposeString('address', {
      nullable: true,
      description: 'IPv4 or IPv6 address at which the monitor reads it. Null: not known.',
    }),
    location: t.exposeString('location', {
      nullable: true,
      description: 'As set on the device (sysLocation). Null: not set.',
    }),
    firmware: t.exposeString('firmware', { nullable: true, description: 'Null: not known.' }),
    firstSeenAt: t.expose('firstSeenAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime' }),
    metersObservedAt: t.expose('metersObservedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When `meters` was true. Null: never read.',
    }),
    suppliesObservedAt: t.expose('suppliesObservedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When `supplies` was true. Null: never read.',
    }),
    traysObservedAt: t.expose('traysObservedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When `trays` was true. Null: never read.',
    }),
    incidentsObservedAt: t.expose('incidentsObservedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When `openIncidents` was true. Null: never read.',
    }),
  }),
})

builder.queryField('device', t =>
  t.field({
    type: Device,
    nullable: true,
    description: 'Null: there is no such device.',
    args: { id: t.arg.globalID({ for: Device, required: true }) },
    resolve: (_root, { id }) => id.id,
  }),
)
