import { median, table } from './figures.ts'
import type { Stack } from './stack.ts'
import { openWritePath, type WriteRound } from './write-path.ts'

/** Reports of one round: enough for each lane to commit several groups, unless there is little time. */
const REPORTS = { most: 16_000, perSecond: 4_000 }
/** A median needs some. */
const ROUNDS = 3

/** Figure (c): rows a second of the report writer against COPY of the same rows, in turns. Gives a table. */
export async function compareWrites(
  stack: Stack,
  seconds: number,
  progress: (line: string) => void,
): Promise<string> {
  const reports = Math.min(REPORTS.most, REPORTS.perSecond * seconds)
  const urls = { writer: stack.databaseUrl, copy: await stack.createDatabase('copy') }
  const processes = { client: process.pid, PostgreSQL: stack.postgresqlPid }
  await using path = openWritePath(urls, processes)
  progress('writing rows: warming up')
  await path.round(reports)
  const writer: WriteRound[] = []
  const copy: WriteRound[] = []
  for (let measured = 0; measured < seconds || writer.length < ROUNDS; ) {
    const round = await path.round(reports)
    writer.push(round.writer)
    copy.push(round.copy)
    measured += round.writer.seconds
    progress(`writing rows: ${shown(round.writer)}, COPY ${shown(round.copy)}`)
  }
  return `Write path against COPY: ${writer.length} rounds of ${reports} reports, ${writer[0]?.rows} rows.\n\n${report(writer, copy)}`
}

function report(writer: WriteRound[], copy: WriteRound[]): string {
  const of = (rounds: WriteRound[], pick: (round: WriteRound) => number) => median(rounds.map(pick))
  const row = (name: string, rounds: WriteRound[]) => [
    name,
    of(rounds, round => round.rowsPerSecond),
    of(rounds, ({ cpu }) => cpu.client ?? 0),
    of(rounds, ({ cpu }) => cpu.PostgreSQL ?? 0),
  ]
  const ratio = median(writer.map((one, i) => one.rowsPerSecond / (copy[i]?.rowsPerSecond ?? 0)))
  return [
    table(
      ['', 'rows/s', 'client, CPU µs/row', 'PostgreSQL, CPU µs/row'],
      [row('report writer', writer), row('COPY', copy)],
    ),
    `ratio ${ratio.toFixed(2)}, to reach 0.75`,
    '',
  ].join('\n')
}

function shown({ rowsPerSecond }: WriteRound): string {
  return `${Math.round(rowsPerSecond)} rows/s`
}
