import type { Observed } from '../cluster/observed.ts'
import type { Reason } from './reasons.ts'

export type Progress =
  | { kind: 'ready' }
  | { kind: 'starting' | 'failed'; reason: Reason; message: string }

/** How far a Deployment, StatefulSet or CloudNativePG Cluster is. */
export function progressOf(observed: Observed | undefined): Progress {
  const facts = observed?.facts
  if (facts?.kind !== 'workload') return starting('it was applied')
  const { desired, ready, updated, current, failed } = facts
  if (failed !== undefined) {
    return { kind: 'failed', reason: 'Failed', message: `${failed}; see the events of its pods` }
  }
  if (!current) return starting('its controller has not seen it yet')
  if (ready >= desired && updated >= desired) return { kind: 'ready' }
  return starting(`${Math.min(ready, updated)} of ${desired} are ready`)
}

function starting(message: string): Progress {
  return { kind: 'starting', reason: 'Starting', message }
}
