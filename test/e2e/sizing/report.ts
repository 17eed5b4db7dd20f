import type { Part } from './usage.ts'

/** How large a tenant's database is, and what it has written to its log so far; in bytes. */
export interface DatabaseSize {
  database: number
  log: number
}

/** Of one part: thousandths of a CPU in the mean, and bytes at the end. */
export interface Measured {
  part: Part
  idle: { cpu: number; memory: number }
  loaded: { cpu: number; memory: number }
}

export interface Sizes {
  devices: number
  measured: Measured[]
  /** Before and after so many reports. */
  disk: { before: DatabaseSize; after: DatabaseSize; reports: number }
}

/** Each device changed each time that it is read, every 300 s. */
export const REPORTS_A_DAY = 288

const MIB = 2 ** 20

/** In Markdown, as docs/operations.md has it. */
export function report({ devices, measured, disk }: Sizes): string {
  const head = [
    'part',
    'CPU idle, m',
    'CPU per 1,000 devices, m',
    'memory idle, MiB',
    `memory at ${devices.toLocaleString('en')} devices, MiB`,
  ]
  const rows = measured.map(({ part, idle, loaded }) => [
    part.name,
    idle.cpu.toFixed(1),
    ((1000 * (loaded.cpu - idle.cpu)) / devices).toFixed(1),
    (idle.memory / MIB).toFixed(0),
    (loaded.memory / MIB).toFixed(0),
  ])
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line), '', ...disksOf(disk)].join('\n')
}

function disksOf({ before, after, reports }: Sizes['disk']): string[] {
  const day = 1000 * REPORTS_A_DAY
  return [
    sentence('the database grows by', (after.database - before.database) / reports),
    sentence(
      "PostgreSQL's log, which is archived compressed, by",
      (after.log - before.log) / reports,
    ),
  ]

  function sentence(what: string, bytes: number): string {
    const daily = ((day * bytes) / MIB).toFixed(0)
    return `${what} ${bytes.toFixed(0)} bytes a report: ${daily} MiB per 1,000 devices and day`
  }
}
