import { listMonitors, MONITOR_ORDER } from '@platen/database'
import type { NamedOrder } from '../cursor.ts'
import { connectionOf, mostItems, pageToRead } from '../page.ts'
import { builder } from './builder.ts'
import { Monitor, Site } from './nodes.ts'

const ORDER: NamedOrder = { name: 'monitor', ...MONITOR_ORDER }

builder.objectType(Monitor, {
  description:
    'The process at a site that reads the devices there. What it says about itself is null before its first report.',
  fields: t => ({
    name: t.exposeString('name', { description: 'Unique: the name it logs in by.' }),
    site: t.field({ type: Site, resolve: row => row.siteId }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastContactAt: t.expose('lastContactAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a report of it last arrived. Null: never.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it observed what follows.',
    }),
    version: t.exposeString('version', { nullable: true }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    deviceCount: t.exposeInt('deviceCount', { nullable: true, description: 'Devices it knows.' }),
    unreadableCount: t.exposeInt('unreadableCount', {
      nullable: true,
      description: 'Those of them that it could not read at the last attempt.',
    }),
    sweeps: t.exposeInt('sweeps', {
      nullable: true,
      description: 'Completed sweeps over its networks since it started.',
    }),
    outboxReports: t.exposeInt('outboxReports', {
      nullable: true,
      description: 'Reports that waited in its outbox.',
    }),
    outboxBytes: t.expose('outboxBytes', {
      type: 'SafeInt',
      nullable: true,
      description: 'Their bytes on disk.',
    }),
    thinnedReports: t.expose('thinnedReports', {
      type: 'SafeInt',
      nullable: true,
      description: 'Reports dropped for lack of space since the outbox was made.',
    }),
  }),
})

const MonitorFilter = builder.inputType('MonitorFilter', {
  fields: t => ({ siteId: t.globalID({ for: Site }) }),
})

builder.queryField('monitors', t =>
  t.connection({
    type: Monitor,
    description: 'All monitors, by name.',
    args: { filter: t.arg({ type: MonitorFilter }) },
    complexity: args => ({ field: 5, multiplier: mostItems(args) }),
    resolve: async (_root, { filter, ...args }, { sql }) => {
      const page = pageToRead(args, ORDER)
      const rows = await listMonitors(sql, { siteId: filter?.siteId?.id }, page)
      return connectionOf(rows, page, ORDER)
    },
  }),
)
