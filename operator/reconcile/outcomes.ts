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
  if (outcome.kind === 'wait' && outcome.afterMs !== undefined) {
    lookAgain(s, new Date(s.now.getTime() + outcome.afterMs))
  }
  return false
}

/** Not later than then. */
export function lookAgain(s: Pick<Noted, 'lookAgainAt'>, at: Date): void {
  if (!s.lookAgainAt || at < s.lookAgainAt) s.lookAgainAt = at
}
