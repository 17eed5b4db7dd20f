import { connect } from '@platen/database'
import { processesIn } from '../processes.ts'
import type { Stack } from '../stack.ts'
import { proveReadings } from './readings.ts'
import { proveReceived } from './received.ts'
import { readOutboxes } from './sent.ts'
import { proveState } from './state.ts'
import { proveThinning } from './thinning.ts'
import { type Verdict, verdict } from './verdict.ts'

export type { Verdict } from './verdict.ts'

/** Holds what the database has against what was reported. The monitors and the ingest must have stopped. */
export async function proveStored(stack: Stack): Promise<Verdict[]> {
  const sent = readOutboxes(stack.outboxOf)
  const sql = connect(stack.url)
  try {
    const { received, verdict: once } = await proveReceived(sql, sent)
    return [
      once,
      await proveReadings(sql, received, stack.base),
      await proveState(sql, stack.referenceUrl, sent, stack.base),
      proveThinning(received, stack.base),
      judgeEnds(stack.ends()),
    ]
  } finally {
    await sql.end()
  }
}

/** Prosody's own ends are told, not judged: its PostgreSQL driver crashes or blocks at times when it loses a connection. */
function judgeEnds(ends: string[]): Verdict {
  const theirs = ends.filter(end => end.startsWith('prosody'))
  const ours = ends.filter(end => !theirs.includes(end))
  const { figures, ...rest } = verdict(
    'no process of ours crashed',
    { 'crashes or hangs of Prosody': theirs.length },
    { 'crashes of ours': ours.length },
  )
  return { ...rest, figures: [figures, ...ours].join('; ') }
}

/** To be called when everything has been stopped. */
export function proveGone(directory: string): Verdict {
  const left = processesIn(directory)
  return verdict('no process left behind', {}, { 'still running': left.length })
}
