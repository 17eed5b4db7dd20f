import { encodeReport, LIMITS } from '@platen/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SnmpValue } from '../snmp/index.ts'
import { rowsOf } from '../testing/rows.ts'
import { DEVICE_ID_OIDS } from './identity.ts'
import { normalise, type Reading } from './index.ts'
import { COLUMNS, SYSTEM } from './objects.ts'

const AT = '2026-11-23T08:00:00.000Z'

function encode({ incidents, ...reading }: Reading): string {
  return encodeReport({
    epoch: 'e',
    seq: 1,
    observedAt: AT,
    device: 'd',
    ...reading,
    incidents: incidents.map(incident => ({ ...incident, since: AT })),
  })
}

const value: fc.Arbitrary<SnmpValue> = fc.oneof(
  fc.integer({ min: -5, max: 30 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 32 }),
  fc.double(),
  fc.uint8Array({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 300 }).map(text => Buffer.from(text)),
  fc.constantFrom('1.3.6.1.2.1.25.3.1.5', '1.3.6.1.4.1.11.2.3.9.1', '10.0.0.1', ''),
)
const arc = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const index = fc.array(arc, { minLength: 1, maxLength: 5 }).map(arcs => arcs.join('.'))
const oid = fc.oneof(
  fc
    .tuple(fc.constantFrom(...Object.values(COLUMNS)), index)
    .map(([column, at]) => `${column}.${at}`),
  fc.constantFrom(...Object.values(SYSTEM), ...DEVICE_ID_OIDS),
)

describe('normalise', () => {
  it('makes a report of whatever an agent says', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(oid, value), { maxLength: 120 }), rows => {
        expect(encode(normalise(new Map(rows), '10.1.2.3'))).toMatch(/^<report /)
      }),
      { numRuns: 500 },
    )
  })

  it('makes one that fits, of a device whose tables and texts are larger than any', () => {
    const long = Buffer.from('\u{1f5a8}'.repeat(300))
    const table = (content: SnmpValue) =>
      Object.fromEntries(
        Array.from({ length: 512 }, (_, row) => [`4294967295.${4294966000 + row}`, content]),
      )
    const reading = normalise(
      rowsOf({
        sysName: 'x'.repeat(5_000),
        sysLocation: '\u{1f5a8}'.repeat(5_000),
        prtGeneralSerialNumber: { 1: long },
        ppmPortIEEE1284DeviceId: `MFG:${'\u{1f5a8}'.repeat(300)};MDL:${'\u{1f5a8}'.repeat(300)};`,
        prtMarkerSuppliesDescription: table(long),
        prtMarkerColorantValue: table(long),
        prtMarkerSuppliesType: table(25),
        prtMarkerSuppliesClass: table(3),
        prtMarkerSuppliesSupplyUnit: table(14),
        prtMarkerSuppliesLevel: table(2 ** 31 - 1),
        prtMarkerSuppliesMaxCapacity: table(2 ** 31 - 1),
        prtInputName: table(long),
        prtInputMediaName: table(long),
        prtInputMaxCapacity: table(2 ** 31 - 1),
        prtInputCurrentLevel: table(2 ** 31 - 1),
        prtInputCapacityUnit: table(3),
        prtAlertSeverityLevel: table(3),
        prtAlertGroup: table(32),
        prtAlertCode: table(1108),
        prtAlertDescription: table(long),
      }),
      '10.1.2.3',
    )
    expect(reading.supplies).toHaveLength(LIMITS.supplies)
    expect(reading.supplies.at(-1)).toHaveProperty('level')
    expect(encode(reading).length).toBeLessThanOrEqual(LIMITS.reportBytes)
  })

  it('knows nothing of a device that says nothing, and makes nothing up', () => {
    expect(normalise(new Map(), '10.1.2.3')).toEqual({
      asset: { address: '10.1.2.3' },
      meters: [],
      supplies: [],
      trays: [],
      incidents: [],
    })
  })

  it('never asks for what names a person: contact, operator, service person, console, jobs', () => {
    const asked = [...Object.values(COLUMNS), ...Object.values(SYSTEM), ...DEVICE_ID_OIDS]
    const personal = [
      '1.3.6.1.2.1.1.4',
      '1.3.6.1.2.1.43.5.1.1.4',
      '1.3.6.1.2.1.43.5.1.1.5',
      '1.3.6.1.2.1.43.16',
      '1.3.6.1.4.1.2699.1.1',
      '1.3.6.1.4.1.1347.47',
    ]
    for (const forbidden of personal) {
      expect(asked.filter(each => `${each}.`.startsWith(`${forbidden}.`))).toEqual([])
    }
  })
})
