import { done, type Outcome } from '../outcome.ts'
import { failedNow, limitsOf, movingOf, pausedMessage } from '../rollout.ts'
import type { PlacedScope } from './scope.ts'

/** Tells whether a rollout has stopped; the tenants themselves ask for their turn. */
export async function rollout(s: PlacedScope): Promise<Outcome> {
  const all = s.tenants.map(tenant => movingOf(tenant, s.region))
  const failed = failedNow(all)
  const isPaused = failed.length > 0 && limitsOf(s.region).onFailure === 'Pause'
  if (isPaused) {
    const message = pausedMessage(failed)
    s.conditions.set('RolloutPaused', 'True', { reason: 'RolloutPaused', message })
  } else {
    s.conditions.set('RolloutPaused', 'False', { reason: 'RolloutNotPaused' })
  }
  return done
}
