import { type TrayRow, traysOfDevices } from '@platen/database'
import { knowledge, percentRemaining } from '../amount.ts'
import { Knowledge } from './amount.ts'
import { builder } from './builder.ts'
import { Device } from './nodes.ts'

const Tray = builder.objectRef<TrayRow>('Tray').implement({
  description:
    'A place that paper comes from, as last read: a row of prtInputTable (RFC 3805). When that was: Device.traysObservedAt.',
  fields: t => ({
    index: t.exposeString('index', {
      description:
        'The row in the device\'s own table, e.g. "1.2": unique and lasting in a device.',
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Null: the device does not say.',
    }),
    media: t.exposeString('media', {
      nullable: true,
      description: 'The name of the media in it, e.g. iso-a4. Null: the device does not say.',
    }),
    unit: t.exposeString('unit', {
      nullable: true,
      description:
        'Of level and capacity: PrtCapacityUnitTC, e.g. sheets. Null: the device does not say.',
    }),
    capacity: t.expose('capacity', {
      type: 'SafeInt',
      nullable: true,
      description: 'When full, in `unit`. Null: not a number; see capacityKind.',
    }),
    capacityKind: t.field({
      type: Knowledge,
      description: 'What is known about `capacity`.',
      resolve: row => knowledge(row.capacity, row.capacityKind),
    }),
    level: t.expose('level', {
      type: 'SafeInt',
      nullable: true,
      description: 'What is left, in `unit`. Null: not a number; see levelKind.',
    }),
    levelKind: t.field({
      type: Knowledge,
      description: 'What is known about `level`.',
      resolve: row => knowledge(row.level, row.levelKind),
    }),
    percentRemaining: t.float({
      nullable: true,
      description:
        'Percent, to a tenth. Null: the device gives no amount or no capacity, or the two contradict each other.',
      resolve: row => percentRemaining(row),
    }),
  }),
})

builder.objectFields(Device, t => ({
  trays: t.loadableGroup({
    type: Tray,
    description: 'Empty: it says none, or traysObservedAt is null.',
    load: (deviceIds: string[], { sql }) => traysOfDevices(sql, deviceIds),
    group: row => row.deviceId,
    resolve: device => device.id,
  }),
}))
