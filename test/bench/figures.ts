/** The middle of the values; NaN of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** The smallest of the values that `percent` of them do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN
}

/** A table in Markdown: numbers at the right, in columns that are also readable as text. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = [head, ...rows].map(row => row.map(cell => shown(cell)))
  const widths = head.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join(' | ')} |`
  const [first = [], ...rest] = cells
  return [
    line(first),
    line(widths.map(width => `${'-'.repeat(width - 1)}:`)),
    ...rest.map(line),
    '',
  ].join('\n')
}

/** Three digits, or all of a larger number. */
function shown(cell: string | number): string {
  if (typeof cell === 'string') return cell
  if (cell >= 100) return Math.round(cell).toString()
  return cell.toFixed(cell >= 10 ? 1 : 2)
}
