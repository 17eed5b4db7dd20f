import {
  lifeCountsOfDevices,
  type MeterReadingRow,
  type MeterRow,
  meterReadingsOfDevices,
  metersOfDevices,
} from '@platen/database'
import { connectionsOf, mostItems } from '../page.ts'
import { builder } from './builder.ts'
import { Device } from './nodes.ts'
import { SERIES_ORDER, seriesArguments, seriesToRead } from './series.ts'

const MeterName = builder.enumType('MeterName', {
  description: 'What a meter counts, over the life of the device: the counters of PWG 5106.3.',
  values: {
    TOTAL: { value: 'total', description: "The marker's life count (prtMarkerLifeCount)." },
    MONOCHROME: { value: 'monochrome' },
    COLOR: { value: 'color' },
    HIGHLIGHT: { value: 'highlight', description: 'Black with one colour.' },
    BLANK: { value: 'blank' },
    TWO_SIDED: { value: 'two-sided' },
    SHEETS: { value: 'sheets' },
    SINCE_POWER_ON: { value: 'since-power-on' },
  } as const,
})

const Grade = builder.enumType('Grade', {
  description: 'How well a figure is founded.',
  values: {
    A: { description: "By a MIB's text, or checked against a device's own display." },
    B: { description: 'Two or more independent sources agree.' },
    C: { description: 'One source.' },
  } as const,
})

const MeterReading = builder.objectRef<MeterReadingRow>('MeterReading').implement({
  description: 'A meter at one time.',
  fields: t => ({
    observedAt: t.expose('observedAt', { type: 'DateTime' }),
    value: t.expose('value', { type: 'SafeInt', description: 'In `unit`.' }),
    unit: t.exposeString('unit', { description: 'PrtMarkerCounterUnitTC, e.g. impressions.' }),
    grade: t.expose('grade', { type: Grade }),
  }),
})

const MeterReadings = builder.connectionObject(
  { type: MeterReading, name: 'MeterReadingConnection' },
  { name: 'MeterReadingEdge' },
)

const Meter = builder.objectRef<MeterRow>('Meter').implement({
  description: 'A counter as last read. When that was: Device.metersObservedAt.',
  fields: t => ({
    name: t.expose('name', { type: MeterName }),
    value: t.expose('value', { type: 'SafeInt', description: 'In `unit`.' }),
    unit: t.exposeString('unit', { description: 'PrtMarkerCounterUnitTC, e.g. impressions.' }),
    grade: t.expose('grade', { type: Grade }),
  }),
})

builder.objectField(Device, 'meterReadings', t =>
  t.loadable({
    type: MeterReadings,
    description:
      "One meter's readings, oldest first. A monitor reports what has changed, and everything once a day.",
    args: { name: t.arg({ type: MeterName, required: true }), ...seriesArguments },
    complexity: args => ({ field: 5, multiplier: mostItems(args) }),
    byPath: true,
    load: async (deviceIds: string[], { sql }, { name, ...args }) => {
      const page = seriesToRead(args)
      const rows = await meterReadingsOfDevices(sql, deviceIds, name, page)
      return connectionsOf(deviceIds, rows, page, SERIES_ORDER)
    },
    resolve: device => device.id,
  }),
)

builder.objectFields(Device, t => ({
  meters: t.loadableGroup({
    type: Meter,
    description: 'Empty: it says none, or metersObservedAt is null.',
    load: (deviceIds: string[], { sql }) => metersOfDevices(sql, deviceIds),
    group: row => row.deviceId,
    resolve: device => device.id,
  }),
  lifeCount: t.loadable({
    type: 'SafeInt',
    nullable: true,
    description: 'The value of the meter TOTAL, in the unit given there. Null: not known.',
    load: async (deviceIds: string[], { sql }) => {
      const counts = await lifeCountsOfDevices(sql, deviceIds)
      return deviceIds.map(id => counts.get(id) ?? null)
    },
    resolve: device => device.id,
  }),
}))
