import { countDevices, DEVICE_ORDERS, type DeviceFilter, listDevices } from '@platen/database'
import { badInput } from '../errors.ts'
import { connectionOf, mostItems, pageToRead } from '../page.ts'
import { builder } from './builder.ts'
import { filterText, given } from './filter.ts'
import { Severity } from './incident.ts'
import { Device, Monitor, Site } from './nodes.ts'

const Filter = builder.inputType('DeviceFilter', {
  description: 'All that are given must hold. Texts compare without regard to case.',
  fields: t => ({
    siteId: t.globalID({ for: Site }),
    monitorId: t.globalID({ for: Monitor, description: 'The monitor that reported it last.' }),
    make: t.string(),
    model: t.string(),
    serial: t.string(),
    search: t.string({
      description: 'Part of make, model, serial, host name, address or location.',
    }),
    hasOpenIncidents: t.boolean(),
    minimumSeverity: t.field({
      type: Severity,
      description: 'Has an open incident at least this severe.',
    }),
    supplyBelowPercent: t.float({
      description: 'Has a supply whose percentRemaining is known and less than this.',
    }),
    notSeenSince: t.field({ type: 'DateTime', description: 'Last seen before this time.' }),
  }),
})

const OrderField = builder.enumType('DeviceOrderField', {
  values: {
    ID: {
      value: 'id',
      description: 'As first stored. A device never changes its place, and a new one comes last.',
    },
    LAST_SEEN_AT: {
      value: 'lastSeenAt',
      description: 'Devices change their place while one pages: some may be missed or seen twice.',
    },
    MODEL: { value: 'model', description: 'By make, then model; unknown ones first.' },
    SERIAL: { value: 'serial', description: 'Unknown ones first.' },
  } as const,
})

const Direction = builder.enumType('OrderDirection', { values: ['ASC', 'DESC'] as const })

const Order = builder.inputType('DeviceOrder', {
  fields: t => ({
    field: t.field({ type: OrderField, required: true }),
    direction: t.field({ type: Direction, required: true, defaultValue: 'ASC' }),
  }),
})

builder.queryField('devices', t =>
  t.connection(
    {
      type: Device,
      description:
        'Devices in pages of at most 200. A cursor stays good while devices come and go: page with `after` until hasNextPage is false.',
      args: {
        filter: t.arg({ type: Filter }),
        orderBy: t.arg({ type: Order, description: 'By ID, ascending, by default.' }),
      },
      complexity: args => ({ field: 5, multiplier: mostItems(args) }),
      resolve: async (_root, { filter, orderBy, ...args }, { sql }) => {
        const name = orderBy?.field ?? 'id'
        const order = {
          name,
          columns: DEVICE_ORDERS[name],
          descending: orderBy?.direction === 'DESC',
        }
        const page = pageToRead(args, order)
        const wanted = filterOf(filter ?? {})
        const rows = await listDevices(sql, wanted, order, page)
        return { ...connectionOf(rows, page, order), count: () => countDevices(sql, wanted) }
      },
    },
    {
      fields: t => ({
        totalCount: t.int({
          description:
            'How many devices match. Counted only when asked for: it costs more than a page.',
          complexity: 50,
          resolve: connection => connection.count(),
        }),
      }),
    },
  ),
)

/** Throws badInput. */
function filterOf(filter: typeof Filter.$inferInput): DeviceFilter {
  const percent = given(filter.supplyBelowPercent)
  if (percent !== undefined && (percent < 0 || percent > 100)) {
    throw badInput(`cannot filter by supplyBelowPercent ${percent}: give 0 to 100`)
  }
  return {
    siteId: filter.siteId?.id,
    monitorId: filter.monitorId?.id,
    make: filterText('make', filter.make),
    model: filterText('model', filter.model),
    serial: filterText('serial', filter.serial),
    search: filterText('search', filter.search),
    hasOpenIncidents: given(filter.hasOpenIncidents),
    minimumSeverity: given(filter.minimumSeverity),
    supplyBelowPercent: percent,
    notSeenSince: given(filter.notSeenSince),
  }
}
