import { readFileSync, rmSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  connect,
  createReportWriter,
  ensurePartitions,
  monthsAhead,
  type ReceivedReport,
  type Sql,
} from '@platen/database'
import { GROUP, LANES } from '@platen/ingest'
import { decodeBatch, encodeBatch, encodeReport, parseXml, type Report } from '@platen/protocol'
import { cpuSeconds } from './cpu.ts'
import { accountOf } from './load.ts'
import { observations } from './reports.ts'

/** One round of either way of writing. */
export interface WriteRound {
  rows: number
  rowsPerSecond: number
  seconds: number
  /** CPU microseconds that a row costs, by role. */
  cpu: Record<string, number>
}

/** The append-only tables. What the writer keeps up beside them costs it time and counts no rows. */
const TABLES = ['asset_reading', 'meter_reading', 'supply_reading', 'incident_reading']

const DAY = 86_400_000
/** Reports in a batch: any that fit. */
const BATCH = 50

/** Accounts that the writer's database must have. */
export const WRITERS = 2 * LANES

/** The ingest's write path and a bare COPY, each into a database of its own. */
export interface WritePath extends AsyncDisposable {
  /**
   * Has the report writer write so many decoded reports in the ingest's lanes and groups, then copies the very rows
   * that it wrote into equal, empty tables: one connection, one transaction, one COPY a table, text made beforehand.
   */
  round(reports: number): Promise<{ writer: WriteRound; copy: WriteRound }>
}

/** @param urls migrated databases; the writer's has WRITERS accounts */
export function openWritePath(
  urls: { writer: string; copy: string },
  processes: Record<string, number>,
): WritePath {
  const target = connect(urls.writer, { max: LANES })
  const peer = connect(urls.copy, { max: 1 })
  const writer = createReportWriter(target)
  const sources = Array.from({ length: WRITERS }, (_, index) => numbered(accountOf(index + 1).name))

  /** For each lane its groups: the reports of two monitors, in turns. */
  function makeLanes(reports: number): ReceivedReport[][][] {
    const perMonitor = Math.ceil(reports / WRITERS)
    return Array.from({ length: LANES }, (_, lane) => {
      const own = sources.slice(2 * lane, 2 * lane + 2).map(source => take(source, perMonitor))
      return chunks(own.flat(), GROUP.reports)
    })
  }

  async function writeLane(groups: ReceivedReport[][]): Promise<void> {
    for (const group of groups) {
      const outcomes = await writer.write(group)
      if (outcomes.every(({ result }) => result === 'stored')) continue
      throw new Error('cannot measure: the writer does not store all reports')
    }
  }

  return {
    async round(reports) {
      await ensurePartitions(peer, months())
      await truncate(target)
      await truncate(peer)
      const lanes = makeLanes(reports)
      const written = await timed(() => Promise.all(lanes.map(writeLane)), processes)
      const rows = await countRows(target)
      const texts = await Promise.all(TABLES.map(table => copyText(target, table)))
      const copied = await timed(
        () =>
          peer.begin(async tx => {
            for (const [i, text] of texts.entries()) await tx.copy(TABLES[i] ?? '', text)
          }),
        processes,
      )
      if ((await countRows(peer)) !== rows) throw new Error('cannot measure: COPY lost rows')
      return { writer: rate(rows, written), copy: rate(rows, copied) }
    },
    async [Symbol.asyncDispose]() {
      await target.end()
      await peer.end()
    },
  }
}

interface Timed {
  seconds: number
  /** CPU seconds, by role. */
  cpu: Record<string, number>
}

async function timed(
  work: () => Promise<unknown>,
  processes: Record<string, number>,
): Promise<Timed> {
  const cpu = () => Object.values(processes).map(cpuSeconds)
  collectGarbage() // what making the reports left behind is no part of the work
  const [before, begun] = [cpu(), performance.now()]
  await work()
  const seconds = (performance.now() - begun) / 1000
  const after = cpu()
  const used = Object.keys(processes).map((role, i) => [role, (after[i] ?? 0) - (before[i] ?? 0)])
  return { seconds, cpu: Object.fromEntries(used) }
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

function rate(rows: number, { seconds, cpu }: Timed): WriteRound {
  const each = Object.entries(cpu).map(([role, used]) => [role, (used * 1e6) / rows])
  return { rows, seconds, rowsPerSecond: rows / seconds, cpu: Object.fromEntries(each) }
}

/** The months of all observations. */
function months(): string[] {
  return monthsAhead(new Date(Date.now() - DAY))
}

async function truncate(sql: Sql): Promise<void> {
  await sql.unsafe(`truncate ${TABLES.join(', ')}`)
}

async function countRows(sql: Sql): Promise<number> {
  const counts = TABLES.map(table => `(select count(*) from ${table})`)
  const [row] = await sql.unsafe(`select ${counts.join(' + ')} as rows`)
  return Number(row?.rows)
}

/** All rows of a table, in the order in which they lie, as COPY writes them into a file of the server. */
async function copyText(sql: Sql, table: string): Promise<string> {
  const [row] = await sql.unsafe("select current_setting('data_directory') as directory")
  const file = `${row?.directory}/${table}.bench`
  await sql.unsafe(`copy (select * from ${table}) to '${file}'`)
  const text = readFileSync(file, 'utf8')
  rmSync(file)
  return text
}

interface Source {
  monitor: string
  reports: Generator<Report>
}

/** A monitor's observations, numbered as an outbox does it. */
function numbered(monitor: string): Source {
  function* reports(): Generator<Report> {
    let seq = 0
    for (const observation of observations(monitor, Date.now() - DAY)) {
      seq += 1
      yield { epoch: 'bench', seq, ...observation }
    }
  }
  return { monitor, reports: reports() }
}

/** The next reports as the ingest has them: decoded from the wire. */
function take({ monitor, reports }: Source, count: number): ReceivedReport[] {
  const encoded = Array.from({ length: count }, () => encodeReport(reports.next().value))
  return chunks(encoded, BATCH)
    .map(batch => decodeBatch(parseXml(encodeBatch(batch))))
    .flatMap(batch => batch.reports.map(report => ({ monitor, report })))
}

function chunks<Item>(items: Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size))
}
