import type { Rows } from '../snmp/index.ts'
import { column, wholeNumber } from './rows.ts'
import { readText } from './text.ts'

/** Finds the colour of a supply row: by the colorant table, else by its description. */
export type ColorOf = (index: string, description: string | undefined) => string | undefined

/**
 * The colorant that the row points at (RFC 3805: prtMarkerSuppliesColorantIndex, 0 for none). Where the row points
 * nowhere that is known, a description that names exactly one colour; never a part number.
 */
export function makeColorOf(rows: Rows): ColorOf {
  const pointers = column(rows, 'prtMarkerSuppliesColorantIndex')
  const colorants = column(rows, 'prtMarkerColorantValue')
  return (index, description) => {
    const pointer = wholeNumber(pointers.get(index))
    if (pointer === 0) return undefined
    const value = colorants.get(`${index.split('.')[0]}.${pointer}`)
    const name = readText(value)?.toLowerCase()
    return name && !/^(?:other|unknown|none)$/.test(name) ? name : namedColor(description)
  }
}

const COLORS = /\b(?:(?:light|dark|photo|matte|vivid)[ -])*(?:black|cyan|magenta|yellow)\b/gi

/** "Toner (Cyan)" is cyan, "Light Cyan Ink" light cyan; "Black/Color Drum" and "Cyan, Magenta, Yellow" are not clear. */
function namedColor(description: string | undefined): string | undefined {
  if (!description || /\bcolou?r\b/i.test(description)) return undefined
  const names = new Set(
    description.match(COLORS)?.map(name => name.toLowerCase().replace('-', ' ')),
  )
  const [name] = names
  return names.size === 1 ? name : undefined
}
