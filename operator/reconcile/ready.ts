import type { Conditions } from './conditions.ts'

/**
 * `Ready` is derived, never decided. `needed` stands in the order in which they come true; the first that is not says
 * why.
 */
export function deriveReady(conditions: Conditions, needed: readonly string[]): void {
  const missing = needed.find(type => !conditions.is(type, 'True'))
  if (missing === undefined) {
    conditions.set('Ready', 'True', { reason: 'Ready' })
    return
  }
  const { status = 'False', reason = 'Waiting', message = '' } = conditions.get(missing) ?? {}
  const isUnknown = status === 'Unknown'
  conditions.set('Ready', isUnknown ? 'Unknown' : 'False', {
    reason: 'NotReady',
    message: `${missing}: ${message === '' ? reason : message}`,
  })
}
