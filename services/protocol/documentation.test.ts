import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as format from './format.ts'
import {
  decodeBatch,
  decodeReceipt,
  LIMITS,
  NAMESPACE,
  parseXml,
  type XmlElement,
} from './index.ts'
import * as report from './report.ts'

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')

interface Table {
  readonly all: readonly { name: string; required: boolean; kind: { meaning: string } }[]
}

/** Every table that format.ts exports, by the name of its element. */
const elements = Object.entries<unknown>(format).flatMap(([name, value]): [string, Table][] => {
  if (isRowFormat(value)) return [[value.element, value.attributes]]
  return isTable(value) ? [[name.toLowerCase(), value]] : []
})

const names: Record<string, readonly string[]> = {
  Meter: report.METER_NAMES,
  PrtMarkerCounterUnitTC: report.METER_UNITS,
  Grade: report.GRADES,
  PrtMarkerSuppliesClassTC: report.SUPPLY_CLASSES,
  PrtMarkerSuppliesTypeTC: report.SUPPLY_TYPES,
  PrtMarkerSuppliesSupplyUnitTC: report.SUPPLY_UNITS,
  PrtCapacityUnitTC: report.TRAY_UNITS,
  IncidentSource: report.INCIDENT_SOURCES,
  PrtAlertSeverityLevelTC: report.SEVERITIES,
  RefusalCode: report.REFUSAL_CODES,
}

describe('docs/protocol.md says what the code does', () => {
  it('has each element of the code, and no other', () => {
    const headings = [...page.matchAll(/^### `(.+)`$/gm)].map(match => match[1])
    expect(headings.toSorted()).toEqual(elements.map(([name]) => name).toSorted())
  })

  it.each(elements)('has each attribute of %s, and no other', (name, attributes) => {
    expect(tableBelow(`### \`${name}\``).map(row => row.slice(0, 3))).toEqual(
      attributes.all.map(one => [
        `\`${one.name}\``,
        one.required ? 'required' : 'optional',
        one.kind.meaning,
      ]),
    )
  })

  it('has each section of a report, and no other', () => {
    const sections = tableBelow('Below it stand').map(row => row[0])
    expect(sections).toEqual(format.SECTIONS.map(section => `\`${section.name}\``))
  })

  it('has each name of the closed lists, and no other', () => {
    expect(tableBelow('## Names').map(row => row.slice(0, 2))).toEqual(
      Object.entries(names).map(([name, values]) => [
        `\`${name}\``,
        values.map(value => `\`${value}\``).join(', '),
      ]),
    )
  })

  it('has a list for each name of a list that an attribute refers to', () => {
    const meanings = elements.flatMap(([, attributes]) =>
      attributes.all.map(one => one.kind.meaning),
    )
    const lists = meanings.flatMap(text => text.match(/^one of the names of (.+)$/)?.slice(1) ?? [])
    expect([...new Set(lists)].toSorted()).toEqual(Object.keys(names).toSorted())
  })

  it('has each limit, and no other', () => {
    expect(tableBelow('## Limits').map(row => row.slice(0, 2))).toEqual(
      Object.entries(LIMITS).map(([name, value]) => [`\`${name}\``, `${value}`]),
    )
  })

  it('has the namespace', () => {
    expect(page).toContain(`<batch xmlns="${NAMESPACE}">`)
  })

  it('has examples that decode', () => {
    const [iq, receipt] = [...page.matchAll(/```xml\n(.*?)```/gs)].map(match =>
      parseXml(match[1] ?? ''),
    )
    const batch = iq?.children.find(child => typeof child !== 'string')
    expect(decodeBatch(orNone(batch))).toMatchObject({
      reports: [{ seq: 41 }, { seq: 42 }],
      refused: [],
    })
    expect(decodeReceipt(orNone(receipt))).toMatchObject({ stored: 1, refused: [{ seq: 42 }] })
  })
})

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && 'byName' in value
}

function isRowFormat(value: unknown): value is { element: string; attributes: Table } {
  return typeof value === 'object' && value !== null && 'element' in value
}

/** The cells of the first table after the line that starts so, without its head. */
function tableBelow(start: string): string[][] {
  const lines = page.split('\n')
  const rest = lines.slice(lines.findIndex(line => line.startsWith(start)))
  const first = rest.findIndex(line => line.startsWith('|'))
  const length = rest.slice(first).findIndex(line => !line.startsWith('|'))
  return rest.slice(first + 2, first + length).map(line =>
    line
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim()),
  )
}

function orNone(element: XmlElement | undefined): XmlElement {
  return element ?? { name: 'none', attrs: {}, children: [] }
}
