import type { Conditions } from './conditions.ts'
import type { Outcome } from './outcome.ts'

interface Noted {
  conditions: Conditions
  now: Date
  lookAgainAt: Date | undefined
}

/** Writes an outcome down as a condition. True: the phase is done. */
export function note(s: Noted, outcome: Outcome): boolean {
  if (outcome.kind === 'done') return true
  const { condition, reason, message } = outcome
  // What is on its way is told by the phase itself.
  const status = condition === 'Deleting' ? 'True' : 'False'
  if (condition !== 'Progressing') s.conditions.set(condition, status, { reason, message })
  const afterMs = outcome.kind === 'refused' ? REFUSED_AGAIN_MS : outcome.afterMs
  if (afterMs !== undefined) lookAgain(s, new Date(s.now.getTime() + afterMs))
  return false
}

/** What somebody changes then may be nothing that is watched: a Secret or a namespace without our labels. */
const REFUSED_AGAIN_MS = 60_000

/** Not later than then. */
export function lookAgain(s: Pick<Noted, 'lookAgainAt'>, at: Date): void {
  if (!s.lookAgainAt || at < s.lookAgainAt) s.lookAgainAt = at
}
