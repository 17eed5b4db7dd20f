import { SUPPLY_TYPES, type Supply, type SupplyClass, type SupplyUnit } from '@platen/protocol'
import type { Rows } from '../snmp/index.ts'
import { amount } from './amount.ts'
import { makeColorOf } from './color.ts'
import { column, count, indexesOf, known, named, wholeNumber } from './rows.ts'
import { readText } from './text.ts'

/** PrtMarkerSuppliesClassTC (RFC 3805). */
const CLASSES: Readonly<Record<number, SupplyClass>> = { 1: 'other', 3: 'consumed', 4: 'filled' }

/** PrtMarkerSuppliesSupplyUnitTC (IANA-PRINTER-MIB). */
const UNITS: Readonly<Record<number, SupplyUnit>> = {
  1: 'other',
  2: 'unknown',
  3: 'tenThousandthsOfInches',
  4: 'micrometers',
  7: 'impressions',
  8: 'sheets',
  11: 'hours',
  12: 'thousandthsOfOunces',
  13: 'tenthsOfGrams',
  14: 'hundrethsOfFluidOunces',
  15: 'tenthsOfMilliliters',
  16: 'feet',
  17: 'meters',
  18: 'items',
  19: 'percent',
}

/**
 * The rows of prtMarkerSuppliesTable. The level is passed on as RFC 3805 defines it: what is left of a supply, the room
 * that is left in a receptacle. Two rows may have one name; the index tells them apart.
 */
export function readSupplies(rows: Rows, charset?: number): Supply[] {
  const classes = column(rows, 'prtMarkerSuppliesClass')
  const types = column(rows, 'prtMarkerSuppliesType')
  const descriptions = column(rows, 'prtMarkerSuppliesDescription')
  const units = column(rows, 'prtMarkerSuppliesSupplyUnit')
  const capacities = column(rows, 'prtMarkerSuppliesMaxCapacity')
  const levels = column(rows, 'prtMarkerSuppliesLevel')
  const colorOf = makeColorOf(rows)
  return indexesOf([classes, types, descriptions, units, capacities, levels]).map(index => {
    const description = withoutEmptySerial(readText(descriptions.get(index), charset))
    const type = wholeNumber(types.get(index))
    return known<Supply>({
      index,
      class: named(CLASSES, classes.get(index)),
      type: type === undefined ? undefined : SUPPLY_TYPES[type - 1],
      color: colorOf(index, description),
      description,
      unit: named(UNITS, units.get(index)),
      capacity: count(capacities.get(index)),
      level: amount(levels.get(index)),
    })
  })
}

/** Samsung ends the name of a part without a serial number in "S/N:" or "S/N:CRUM-". */
function withoutEmptySerial(description: string | undefined): string | undefined {
  return description?.replace(/\s*S\/N:\s*(?:CRUM-)?$/, '') || undefined
}
