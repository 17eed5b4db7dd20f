import { percentile, table } from '../../bench/figures.ts'
import type { BareLoop } from './bare-loop.ts'
import { callsTable, objectsIn, writesFor, writtenAgain } from './calls.ts'
import type { Cpu } from './cpu.ts'
import type { OperatorRun } from './operator-run.ts'
import type { Options } from './options.ts'

/** All tables, in Markdown. */
export function report(run: OperatorRun, bare: BareLoop, options: Options): string {
  return [
    figures(run, bare, options),
    throughput(run, bare, options),
    cpu(run, bare),
    callsTable(
      [
        ['converging', run.converging],
        [`steady, ${options.steady} s`, run.steady],
      ],
      options.tenants,
    ),
    again(run),
    latencies(run),
  ].join('\n')
}

function figures(run: OperatorRun, bare: BareLoop, { tenants, steady }: Options): string {
  const writes = writesFor(run.converging, 'object')
  const calm = [...writesFor(run.steady, 'object'), ...writesFor(run.steady, 'status')]
  const rows: [string, string | number, string | number][] = [
    ['time to converge : bare loop', '2.50', run.seconds / bare.seconds],
    ['time to converge, s', 300, run.seconds],
    ['writes an object', '1.00', writes.length / objectsIn(writes)],
    ['status writes a tenant', '-', writesFor(run.converging, 'status').length / tenants],
    ['writes a minute in the steady state', '0', ((calm.length * 60) / steady).toFixed(1)],
    ['resident memory at rest, MB', 250, run.memory.now],
    ['resident memory at most, MB', '250', Math.max(run.memory.peak, run.memoryAfter.peak)],
    ['edit to its object, 99 %, ms', 2000, percentile(run.edits, 99)],
    ['edit by hand to its repair, 99 %, ms', 2000, percentile(run.repairs, 99)],
  ]
  return table([`${tenants} tenants`, 'to reach', 'seen'], rows)
}

function throughput(run: OperatorRun, bare: BareLoop, { tenants }: Options): string {
  const objects = objectsIn(writesFor(run.converging, 'object'))
  return table(
    ['', 's', 'objects a tenant', 'objects/s'],
    [
      ['operator', run.seconds, objects / tenants, objects / run.seconds],
      ['bare loop', bare.seconds, bare.applies / tenants, bare.applies / bare.seconds],
    ],
  )
}

const PROCESSES = ['API server', 'etcd', 'controller manager'] as const

/** Less noisy than time on a machine that has other things to do. */
function cpu(run: OperatorRun, bare: BareLoop): string {
  const row = (seconds: Cpu) => PROCESSES.map(name => seconds[name])
  return table(
    ['CPU s', ...PROCESSES, 'operator', 'loop, or stand-ins'],
    [
      ['operator', ...row(run.cpu), run.cpu.operator, run.cpu.bench],
      ['bare loop', ...row(bare.cpu), '-', bare.cpu.bench],
    ],
  )
}

/** What the writes beyond one an object were. */
function again({ converging }: OperatorRun): string {
  const rows = writtenAgain(writesFor(converging, 'object')).slice(0, 12)
  if (rows.length === 0) return ''
  return table(
    ['written more than once', 'times'],
    rows.map(([name, times]) => [name, String(times)]),
  )
}

function latencies({ edits, repairs }: OperatorRun): string {
  const row = (name: string, times: number[]) => [
    name,
    ...[50, 95, 99, 100].map(percent => percentile(times, percent)),
  ]
  return table(
    ['ms', 'median', '95 %', '99 %', 'most'],
    [
      row("a Tenant's edit to its ConfigMap", edits),
      row('a scaled Deployment to its repair', repairs),
    ],
  )
}
