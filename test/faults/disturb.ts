import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@platen/database'
import { noRoom } from './no-room.ts'
import { type Verdict, verdict } from './proof/verdict.ts'
import type { Fault } from './schedule.ts'
import type { Stack } from './stack.ts'
import { until } from './until.ts'

/** How often each kind of fault has really happened. */
export type Tally = Map<string, number>

/** Makes every fault of the schedule happen at its time; resolves when the last one is over. */
export async function disturb(
  stack: Stack,
  schedule: readonly Fault[],
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const begun = performance.now()
  const happening = schedule.map(async fault => {
    await delay(Math.max(0, fault.at - (performance.now() - begun)), undefined, { signal })
    await happen(stack, fault, kind => tally.set(kind, (tally.get(kind) ?? 0) + 1))
  })
  await Promise.all(happening)
}

type Count = (kind: string) => void

async function happen(stack: Stack, fault: Fault, count: Count): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      return kill(stack, fault, count)
    case 'kill backend':
      await killBackend(stack)
      break
    case 'cut':
      stack.lines[fault.line].cut()
      break
    case 'stall':
      stack.lines[fault.line].stall(fault.milliseconds)
      break
    default:
      if (fault.kind === 'disk full' && !stack.smallDisk) return
      await noRoom(stack, fault)
  }
  count(kindOf(fault))
}

/** The name under which a fault is counted. */
function kindOf(fault: Fault): string {
  if (fault.kind === 'kill') return `kill ${sideOf(fault.process)}`
  return 'line' in fault ? `${fault.kind} ${sideOf(fault.line)}` : fault.kind
}

function sideOf(name: string): string {
  return name.startsWith('monitor') ? 'monitor' : name
}

type Kill = Extract<Fault, { kind: 'kill' }>

/** Kills the process that runs, or as soon as one does; and then those that are started in its place. */
async function kill(stack: Stack, fault: Kill, count: Count): Promise<void> {
  let killed: number | undefined
  for (const pause of [0, ...fault.again]) {
    killed = await killNext(stack, fault.process, pause, killed)
    count(kindOf(fault))
  }
}

/** Kills the first process of this name that is another one than `before`; gives its id. */
async function killNext(
  stack: Stack,
  name: Kill['process'],
  pause: number,
  before: number | undefined,
): Promise<number> {
  for (;;) {
    const pid = await until(`${name} runs`, () => {
      const found = stack.pidOf(name)
      return found === before ? undefined : found
    })
    await delay(pause)
    if (sendKill(pid)) return pid
  }
}

/** False when it had ended before. */
function sendKill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** The ingest's connection that was used last is in the middle of a commit more often than not. */
async function killBackend({ url }: Stack): Promise<void> {
  await until('a connection of the ingest is killed', async () => {
    const sql = connect(url, { max: 1, statementMs: 2_000 })
    try {
      const [row] = await sql<{ pid: number }[]>`
        select pid from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name like 'platen ingest%'
        order by state = 'active' desc, query_start desc limit 1`
      return row && sendKill(row.pid) ? true : undefined
    } catch {
      return undefined // the database is away
    } finally {
      await sql.end()
    }
  })
}

/** Whether every kind that was planned has happened as often. */
export function judgeFaults(stack: Stack, schedule: readonly Fault[], tally: Tally): Verdict {
  const possible = schedule.filter(({ kind }) => kind !== 'disk full' || stack.smallDisk)
  const planned = Map.groupBy(possible, kindOf)
  const short = [...planned].filter(([kind, faults]) => (tally.get(kind) ?? 0) < faults.length)
  return verdict('every fault happened', Object.fromEntries(tally), {
    'kinds too seldom': short.length,
  })
}
