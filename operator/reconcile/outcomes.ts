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
    const at = new Date(s.now.getTime() + outcome.afterMs)
    if (!s.lookAgainAt || at < s.lookAgainAt) s.lookAgainAt = at
  }
  return false
}
