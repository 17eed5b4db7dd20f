import { type SupplyRow, suppliesOfDevices } from '@platen/database'
import { knowledge, percentFilled, percentRemaining } from '../amount.ts'
import { Knowledge } from './amount.ts'
import { builder } from './builder.ts'
import { Device } from './nodes.ts'

const Supply = builder.objectRef<SupplyRow>('Supply').implement({
  description:
    'A cartridge, drum, waste box and so on, as last read: a row of prtMarkerSuppliesTable (RFC 3805). When that was: Device.suppliesObservedAt.',
  fields: t => ({
    index: t.exposeString('index', {
      description:
        'The row in the device\'s own table, e.g. "1.3": unique and lasting in a device.',
    }),
    class: t.exposeString('class', {
      nullable: true,
      description:
        'PrtMarkerSuppliesClassTC: `consumed` runs out, `filled` is a receptacle that fills up, `other`. Null: the device does not say.',
    }),
    type: t.exposeString('type', {
      nullable: true,
      description: 'PrtMarkerSuppliesTypeTC, e.g. tonerCartridge. Null: the device does not say.',
    }),
    color: t.exposeString('color', {
      nullable: true,
      description:
        'Lower case: black, cyan, magenta, yellow, or what the device names it. Null: it has no colour, or the device does not say.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: "The device's own text. Null: the device does not say.",
    }),
    unit: t.exposeString('unit', {
      nullable: true,
      description:
        'Of level and capacity: PrtMarkerSuppliesSupplyUnitTC, e.g. impressions, tenthsOfGrams, percent. Null: the device does not say.',
    }),
    capacity: t.expose('capacity', {
      type: 'SafeInt',
      nullable: true,
      description: 'When full, in `unit`. Null: the device does not say.',
    }),
    level: t.expose('level', {
      type: 'SafeInt',
      nullable: true,
      description:
        'In `unit`: what is left of a consumed supply, or the room that is left in a receptacle. Null: not a number; see levelKind.',
    }),
    levelKind: t.field({
      type: Knowledge,
      description: 'What is known about `level`.',
      resolve: row => knowledge(row.level, row.levelKind),
    }),
    percentRemaining: t.float({
      nullable: true,
      description:
        'Percent, to a tenth: what is left of a consumed supply, or the room that is left in a receptacle. Null: the device gives no amount or no capacity, or the two contradict each other.',
      resolve: row => percentRemaining(row),
    }),
    percentFilled: t.float({
      nullable: true,
      description:
        'Percent, to a tenth, of a receptacle (class `filled`) that is full. Null: not a receptacle, or percentRemaining is null.',
      resolve: row => percentFilled(row),
    }),
  }),
})

builder.objectFields(Device, t => ({
  supplies: t.loadableGroup({
    type: Supply,
    description: 'Empty: it says none, or suppliesObservedAt is null.',
    load: (deviceIds: string[], { sql }) => suppliesOfDevices(sql, deviceIds),
    group: row => row.deviceId,
    resolve: device => device.id,
  }),
}))
