import fc from 'fast-check'
import { LIMITS } from './limits.ts'
import {
  type Asset,
  GRADES,
  INCIDENT_SOURCES,
  type Incident,
  METER_NAMES,
  METER_UNITS,
  type Meter,
  type MonitorHealth,
  REFUSAL_CODES,
  type Receipt,
  type Report,
  SEVERITIES,
  SUPPLY_CLASSES,
  SUPPLY_TYPES,
  SUPPLY_UNITS,
  type Supply,
  TRAY_UNITS,
  type Tray,
} from './report.ts'
import { tidyReason, tidyText } from './text.ts'

// For tests only, of this room and of others: every report and receipt that the wire format allows.

const text = fc
  .string({ unit: 'binary', maxLength: LIMITS.text })
  .map(tidyText)
  .filter(value => value !== undefined)
const color = text.map(value => tidyText(value.toLowerCase()) ?? value)
const token = fc.stringMatching(/^[0-9A-Za-z._-]{1,64}$/)
const epoch = fc.stringMatching(/^[0-9a-z-]{1,36}$/)
const seq = fc.maxSafeNat().map(value => Math.max(value, 1))
const count = fc.maxSafeNat()
const smallCount = fc.nat()
const amount = fc.oneof(count, fc.constantFrom('some' as const, 'unlimited' as const))
const time = fc
  .date({
    min: new Date('1970-01-01T00:00:00.000Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map(date => date.toISOString())
const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map(octets => [...octets].map(octet => octet.toString(16).padStart(2, '0')).join(':'))
const address = fc.oneof(fc.ipV4(), fc.ipV6())
const traceparent = fc.stringMatching(/^00-[0-9a-f]{31}[1-9a-f]-[0-9a-f]{15}[1-9a-f]-[0-9a-f]{2}$/)

const asset: fc.Arbitrary<Asset> = fc.record(
  {
    make: text,
    model: text,
    serial: text,
    mac,
    hostName: text,
    address,
    location: text,
    firmware: text,
  },
  { requiredKeys: [] },
)

const meter: fc.Arbitrary<Meter> = fc.record({
  name: fc.constantFrom(...METER_NAMES),
  unit: fc.constantFrom(...METER_UNITS),
  value: count,
  grade: fc.constantFrom(...GRADES),
})

const supply: fc.Arbitrary<Supply> = fc.record(
  {
    index: token,
    class: fc.constantFrom(...SUPPLY_CLASSES),
    type: fc.constantFrom(...SUPPLY_TYPES),
    color,
    description: text,
    unit: fc.constantFrom(...SUPPLY_UNITS),
    capacity: count,
    level: amount,
  },
  { requiredKeys: ['index'] },
)

const tray: fc.Arbitrary<Tray> = fc.record(
  {
    index: token,
    name: text,
    media: text,
    unit: fc.constantFrom(...TRAY_UNITS),
    capacity: amount,
    level: amount,
  },
  { requiredKeys: ['index'] },
)

const incident: fc.Arbitrary<Incident> = fc.record(
  {
    key: token,
    source: fc.constantFrom(...INCIDENT_SOURCES),
    severity: fc.constantFrom(...SEVERITIES),
    code: token,
    group: token,
    description: text,
    since: time,
  },
  { requiredKeys: ['key', 'source', 'severity', 'code', 'since'] },
)

const monitor: fc.Arbitrary<MonitorHealth> = fc.record({
  version: text,
  startedAt: time,
  devices: smallCount,
  unreadable: smallCount,
  sweeps: smallCount,
  outboxReports: smallCount,
  outboxBytes: count,
  thinned: count,
})

const head = { epoch, seq, observedAt: time, traceparent }

const deviceReport: fc.Arbitrary<Report> = fc.record(
  {
    ...head,
    device: token,
    asset,
    meters: fc.uniqueArray(meter, { selector: row => row.name }),
    supplies: fc.uniqueArray(supply, { maxLength: 8, selector: row => row.index }),
    trays: fc.uniqueArray(tray, { maxLength: 8, selector: row => row.index }),
    incidents: fc.uniqueArray(incident, { maxLength: 8, selector: row => row.key }),
  },
  { requiredKeys: ['epoch', 'seq', 'observedAt', 'device'] },
)

const ownReport: fc.Arbitrary<Report> = fc.record(
  { ...head, monitor },
  { requiredKeys: ['epoch', 'seq', 'observedAt', 'monitor'] },
)

const reportKey = (one: { epoch: string; seq: number }) => `${one.epoch} ${one.seq}`

/** Any report about a device, or of a monitor about itself. */
export const report: fc.Arbitrary<Report> = fc.oneof(
  { weight: 4, arbitrary: deviceReport },
  { weight: 1, arbitrary: ownReport },
)

/** Reports that may share a batch. */
export const reports: fc.Arbitrary<Report[]> = fc.uniqueArray(report, {
  minLength: 1,
  maxLength: 4,
  selector: reportKey,
})

export const receipt: fc.Arbitrary<Receipt> = fc.record({
  stored: count,
  refused: fc.uniqueArray(
    fc.record({
      epoch,
      seq,
      code: fc.constantFrom(...REFUSAL_CODES),
      reason: fc.string({ unit: 'binary' }).map(tidyReason),
    }),
    { selector: reportKey },
  ),
})
