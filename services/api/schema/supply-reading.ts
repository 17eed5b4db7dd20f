import { type SupplyReadingRow, supplyReadingsOfDevices } from '@platen/database'
import { knowledge, percentFilled, percentRemaining } from '../amount.ts'
import { connectionsOf, mostItems } from '../page.ts'
import { Knowledge } from './amount.ts'
import { builder } from './builder.ts'
import { filterText } from './filter.ts'
import { Device } from './nodes.ts'
import { SERIES_ORDER, seriesArguments, seriesToRead } from './series.ts'

const SupplyReading = builder.objectRef<SupplyReadingRow>('SupplyReading').implement({
  description: 'A supply at one time; unit and class are those of the supply as last read.',
  fields: t => ({
    observedAt: t.expose('observedAt', { type: 'DateTime' }),
    capacity: t.expose('capacity', {
      type: 'SafeInt',
      nullable: true,
      description: "When full, in the supply's unit. Null: the device did not say.",
    }),
    level: t.expose('level', {
      type: 'SafeInt',
      nullable: true,
      description: "In the supply's unit. Null: not a number; see levelKind.",
    }),
    levelKind: t.field({
      type: Knowledge,
      description: 'What was known about `level`.',
      resolve: row => knowledge(row.level, row.levelKind),
    }),
    percentRemaining: t.float({
      nullable: true,
      description: 'As Supply.percentRemaining.',
      resolve: row => percentRemaining(row),
    }),
    percentFilled: t.float({
      nullable: true,
      description: 'As Supply.percentFilled.',
      resolve: row => percentFilled(row),
    }),
  }),
})

const SupplyReadings = builder.connectionObject(
  { type: SupplyReading, name: 'SupplyReadingConnection' },
  { name: 'SupplyReadingEdge' },
)

builder.objectField(Device, 'supplyReadings', t =>
  t.loadable({
    type: SupplyReadings,
    description:
      "One supply's readings, oldest first. A monitor reports what has changed, and everything once a day.",
    args: {
      index: t.arg.string({ required: true, description: 'Supply.index.' }),
      ...seriesArguments,
    },
    complexity: args => ({ field: 5, multiplier: mostItems(args) }),
    byPath: true,
    load: async (deviceIds: string[], { sql }, { index, ...args }) => {
      const page = seriesToRead(args)
      const row = filterText('index', index) ?? ''
      const rows = await supplyReadingsOfDevices(sql, deviceIds, row, page)
      return connectionsOf(deviceIds, rows, page, SERIES_ORDER)
    },
    resolve: device => device.id,
  }),
)
