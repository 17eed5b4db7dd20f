import type { Amount, Tray, TrayUnit } from '@platen/protocol'
import type { Rows, SnmpValue } from '../snmp/index.ts'
import { amount } from './amount.ts'
import { column, indexesOf, known, named } from './rows.ts'
import { readText } from './text.ts'

/** PrtCapacityUnitTC (RFC 3805). */
const UNITS: Readonly<Record<number, TrayUnit>> = {
  1: 'other',
  2: 'unknown',
  3: 'tenThousandthsOfInches',
  4: 'micrometers',
  8: 'sheets',
  16: 'feet',
  17: 'meters',
  18: 'items',
  19: 'percent',
}

/** The rows of prtInputTable. */
export function readTrays(rows: Rows, charset?: number): Tray[] {
  const units = column(rows, 'prtInputCapacityUnit')
  const capacities = column(rows, 'prtInputMaxCapacity')
  const levels = column(rows, 'prtInputCurrentLevel')
  const media = column(rows, 'prtInputMediaName')
  const names = column(rows, 'prtInputName')
  const descriptions = column(rows, 'prtInputDescription')
  return indexesOf([units, capacities, levels, media, names, descriptions]).map(index =>
    known<Tray>({
      index,
      name: readText(names.get(index), charset) ?? readText(descriptions.get(index), charset),
      media: readText(media.get(index), charset),
      unit: named(UNITS, units.get(index)),
      capacity: capacity(capacities.get(index)),
      level: amount(levels.get(index)),
    }),
  )
}

/** "Some" (-3) is a level; as a capacity RFC 3805 does not know it. */
function capacity(value: SnmpValue | undefined): Amount | undefined {
  const most = amount(value)
  return most === 'some' ? undefined : most
}
