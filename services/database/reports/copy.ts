/** One column's value in COPY's text format (PostgreSQL manual, COPY): \N is null, backslash and breaks are escaped. */
type Cell = string | number | null | undefined

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** One line for COPY. */
export function copyRow(cells: readonly Cell[]): string {
  return `${cells.map(copyCell).join('\t')}\n`
}

function copyCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '\\N'
  if (typeof cell === 'number') return String(cell)
  return /[\\\t\n\r]/.test(cell) ? cell.replace(/[\\\t\n\r]/g, sign => ESCAPES[sign] ?? sign) : cell
}
