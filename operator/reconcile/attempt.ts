import { errorDetails } from '@platen/telemetry'
import type { WorkResult } from '../queue/work-queue.ts'
import { type Condition, Conditions } from './conditions.ts'
import type { Reporter } from './report.ts'
import { newsIn, type Resource } from './status.ts'

/** The longest that one reconcile may take. */
export const DEADLINE_MS = 60_000

/** For the status of what has exceeded its deadline. */
const LAST_WORD_MS = 5_000

/** Fails once in a while: only what fails again is worth telling. */
const SILENT_FAILURES = 1

export interface Attempt<S extends WithConditions> {
  object: Resource<S>
  now: Date
  /** Failures in a row before this attempt. */
  failures: number
  signal: AbortSignal
  report: Reporter
  types: readonly string[]
  /** Makes it right; true: the newest spec is in force. */
  run(draft: Draft<S>): Promise<boolean>
  deriveReady(conditions: Conditions): void
  /** Writes the status where it differs from what is stored. */
  write(status: S, signal: AbortSignal): Promise<void>
}

/** What an attempt changes. */
export interface Draft<S> {
  status: S
  conditions: Conditions
  lookAgainAt: Date | undefined
  /** There is nothing any more that a status could be written to. */
  isGone: boolean
  flush(): Promise<void>
}

/** One reconcile, and the status once at the end, also after an error. */
export async function attempt<S extends WithConditions>(a: Attempt<S>): Promise<WorkResult> {
  const stored = a.object.status ?? ({} as S)
  const generation = a.object.metadata.generation ?? 0
  const conditions = new Conditions(stored.conditions ?? [], generation, a.now)
  const finished = (): S => ({ ...draft.status, conditions: conditions.list(a.types) })
  const draft: Draft<S> = {
    status: structuredClone(stored),
    conditions,
    lookAgainAt: undefined,
    isGone: false,
    flush: () => a.write(finished(), a.signal),
  }
  const hasFailed = await fails(a, draft)
  if (!draft.isGone) {
    tellNews(a.report, stored.conditions ?? [], finished().conditions ?? [])
    const signal = isOverdue(a.signal) ? AbortSignal.timeout(LAST_WORD_MS) : a.signal
    await a.write(finished(), signal)
  }
  return hasFailed ? { kind: 'failed' } : resultOf(draft, a.now)
}

interface WithConditions {
  conditions?: Condition[]
  observedGeneration?: number
}

function tellNews(report: Reporter, before: Condition[], after: Condition[]): void {
  for (const { type, reason, message } of newsIn(before, after)) {
    if (type === 'Warning') report.warning(reason, message)
    else report.normal(reason, message)
  }
}

async function fails<S extends WithConditions>(a: Attempt<S>, draft: Draft<S>): Promise<boolean> {
  try {
    const isDone = await a.run(draft)
    if (isDone) draft.status.observedGeneration = a.object.metadata.generation ?? 0
    a.deriveReady(draft.conditions)
    return false
  } catch (error) {
    // Called off: the operator stops, or the cluster does not answer, which others tell.
    if (a.signal.aborted && !isOverdue(a.signal)) throw error
    tellFailure(a, draft, error)
    return true
  }
}

function tellFailure({ signal, report, failures }: Told, { conditions }: Noted, error: unknown) {
  const why = error instanceof Error ? error.message : String(error)
  const isLate = isOverdue(signal)
  const message = isLate ? `not done within ${DEADLINE_MS / 1000} s: ${why}` : why
  report.log.warn({ ...errorDetails(error), message }, 'cannot reconcile')
  if (isLate || failures >= SILENT_FAILURES) {
    conditions.set('Ready', 'False', { reason: 'ReconcileFailed', message })
  }
}

type Told = Pick<Attempt<object>, 'signal' | 'report' | 'failures'>
type Noted = Pick<Draft<object>, 'conditions'>

/** The deadline is over; https://nodejs.org/api/globals.html#static-method-abortsignaltimeoutdelay */
function isOverdue({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof Error && reason.name === 'TimeoutError'
}

function resultOf({ lookAgainAt }: Draft<object>, now: Date): WorkResult {
  if (!lookAgainAt) return { kind: 'done' }
  return { kind: 'done', afterMs: Math.max(0, lookAgainAt.getTime() - now.getTime()) }
}
