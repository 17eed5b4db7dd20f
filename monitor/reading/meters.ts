import type { Meter, MeterName, MeterUnit } from '@platen/protocol'
import type { Rows } from '../snmp/index.ts'
import type { ColumnName } from './objects.ts'
import { column, count, known, named } from './rows.ts'

/** PrtMarkerCounterUnitTC (RFC 3805). */
const UNITS: Readonly<Record<number, MeterUnit>> = {
  3: 'tenThousandthsOfInches',
  4: 'micrometers',
  5: 'characters',
  6: 'lines',
  7: 'impressions',
  8: 'sheets',
  9: 'dotRow',
  11: 'hours',
  16: 'feet',
  17: 'meters',
}

/** The counters that mean the same on every make: the first marker's, and those of PWG 5106.3. */
export function readMeters(rows: Rows): Meter[] {
  return [...markerMeters(rows), ...pwgMeters(rows)]
}

/** prtMarkerLifeCount of the printer's first marker: the others of the same engine count the same sheets. */
function markerMeters(rows: Rows): Meter[] {
  const life = column(rows, 'prtMarkerLifeCount')
  const [index] = life.keys()
  if (index === undefined) return []
  const unit = named(UNITS, column(rows, 'prtMarkerCounterUnit').get(index)) ?? 'unknown'
  const sincePowerOn = column(rows, 'prtMarkerPowerOnCount').get(index)
  return [
    ...meter('total', unit, count(life.get(index))),
    ...meter('since-power-on', unit, count(sincePowerOn)),
  ]
}

const PWG_COUNTERS: readonly [MeterName, MeterUnit, ColumnName][] = [
  ['monochrome', 'impressions', 'icImpressionMonochromeImps'],
  ['color', 'impressions', 'icImpressionFullColorImps'],
  ['highlight', 'impressions', 'icImpressionHighlightColorImps'],
  ['blank', 'impressions', 'icImpressionBlankImps'],
  ['two-sided', 'impressions', 'icTwoSidedTotalImps'],
  ['sheets', 'sheets', 'icSheetTotalSheets'],
]

const SYSTEM_TOTALS = 3 // IcServiceTypeTC
const WORK_TOTALS = 3 // IcWorkTypeTC
const LIFETIME = 3 // IcPersistenceTC

/** PWG 5106.3: of the whole device, all work, over its life. Services and subunits count parts of it. */
function pwgMeters(rows: Rows): Meter[] {
  const services = column(rows, 'icKeyServiceType')
  const subunits = column(rows, 'icKeySubunitIndex')
  const key = [...services].find(
    ([index, service]) => service === SYSTEM_TOTALS && (subunits.get(index) ?? 0) === 0,
  )?.[0]
  if (key === undefined) return []
  const row = `${key}.${WORK_TOTALS}.${LIFETIME}`
  return PWG_COUNTERS.flatMap(([name, unit, from]) =>
    meter(name, unit, count(column(rows, from).get(row))),
  )
}

function meter(name: MeterName, unit: MeterUnit, value: number | undefined): Meter[] {
  return value === undefined ? [] : [known<Meter>({ name, unit, value, grade: 'A' })]
}
