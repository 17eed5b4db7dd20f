import { stripVTControlCharacters } from 'node:util'

/** Columns under each other, two spaces apart; the last one is not padded. An empty table has not even a head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map(row => widthOf(row[column]))))
  return all.map(row => lineOf(row, widths)).join('\n')
}

/** `NAME   VALUE`, as a table without a head; what has no value is left out. */
export function pairs(entries: readonly (readonly [string, string | undefined])[]): string {
  const given = entries.filter(([, value]) => value !== undefined && value !== '')
  const width = Math.max(...given.map(([name]) => name.length))
  return given.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
  return cells.join('  ').trimEnd()
}

function widthOf(cell = ''): number {
  return stripVTControlCharacters(cell).length
}
