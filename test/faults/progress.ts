import { connect } from '@platen/database'
import type { Tally } from './disturb.ts'
import { MONITORS } from './monitors.ts'
import type { Stack } from './stack.ts'

/** How far the reports have come. */
export interface Figures {
  appended: number
  waiting: number
  /** As the database has said last. */
  stored: number
}

export interface Progress {
  figures(): Figures
  stop(): Promise<void>
}

const INTERVAL_MS = 3_000

/** Prints every few seconds how many reports were appended, are stored and wait, and which faults there were. */
export function startProgress(stack: Stack, tally: Tally, tell: (line: string) => void): Progress {
  const begun = performance.now()
  const sql = connect(stack.url, { max: 1, statementMs: 2_000 })
  let stored = 0

  function figures(): Figures {
    const statuses = MONITORS.map(({ name }) => stack.statusOf(name))
    const sum = (of: 'last' | 'waiting') => statuses.reduce((all, one) => all + (one?.[of] ?? 0), 0)
    return { appended: sum('last'), waiting: sum('waiting'), stored }
  }

  async function print(): Promise<void> {
    const rows = await sql<{ stored: number }[]>`
      select coalesce(sum(upper(range) - lower(range)), 0)::int8 as stored
      from received_report, unnest(sequences) as range`.then(
      found => found,
      () => [], // it is away: the last figure stands
    )
    stored = rows[0]?.stored ?? stored
    const { appended, waiting } = figures()
    const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4)
    const faults = tallyLine(tally)
    tell(
      `${seconds} s  ${count(appended)} appended  ${count(stored)} stored  ${count(waiting)} waiting  ${faults}`,
    )
  }

  const timer = setInterval(() => void print(), INTERVAL_MS)
  return {
    figures,
    async stop() {
      clearInterval(timer)
      await print()
      await sql.end()
    },
  }
}

function count(figure: number): string {
  return String(figure).padStart(6)
}

function tallyLine(tally: Tally): string {
  const kinds = [...tally].sort(([a], [b]) => (a < b ? -1 : 1))
  return kinds.map(([kind, times]) => `${kind} ${times}`).join(', ') || 'no fault yet'
}
