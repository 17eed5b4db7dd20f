import { done, type Outcome, waitFor } from '../outcome.ts'
import type { Reason } from '../reasons.ts'
import type { StackScope } from './scope.ts'
import { isSettled, settle } from './turn.ts'

const PARTS = ['DatabaseReady', 'Prepared', 'IngestReady', 'ApiReady'] as const

/** As long as none of the parts gets any further. Longer than a Deployment gives its own pods, which is ten minutes. */
const DEADLINE_MS = 15 * 60_000

/** Whether the tenant has arrived at what was rendered; a rollout stops for the others when it fails here. */
export async function progress(s: StackScope): Promise<Outcome> {
  if (isSettled(s) || s.held) return done
  const failed = PARTS.map(type => s.conditions.get(type)).find(one => one?.reason === 'Failed')
  if (failed) return fail(s, `${failed.type}: ${failed.message}`)
  const missing = PARTS.find(type => !s.conditions.is(type, 'True'))
  if (missing === undefined || s.tenant.spec.suspend === true) {
    arrive(s)
    return done
  }
  const leftMs = deadlineOf(s) - s.now.getTime()
  if (leftMs <= 0 && s.conditions.is('Progressing', 'True')) {
    const minutes = DEADLINE_MS / 60_000
    const message = s.conditions.get(missing)?.message ?? 'it was not looked at'
    return fail(s, `nothing has changed for ${minutes} minutes; ${missing}: ${message}`)
  }
  const message = `moving to version ${s.version}`
  return waitFor('Progressing', 'Starting', message, leftMs > 0 ? leftMs : undefined)
}

/** Counts from the beginning, and anew whenever a part gets ready, or no longer is. */
function deadlineOf({ conditions }: StackScope): number {
  const times = ['Progressing', ...PARTS].map(type => conditions.get(type)?.lastTransitionTime)
  return Math.max(...times.map(time => Date.parse(time ?? '') || 0)) + DEADLINE_MS
}

/** A suspended tenant has taken its turn, and runs nothing: its version is still the one that ran last. */
function arrive(s: StackScope): void {
  s.status.revision = s.revision
  settle(s)
  if (s.tenant.spec.suspend === true || s.status.version === s.version) return
  s.status.version = s.version
  s.report.normal('RolledOut', `version ${s.version} runs`)
}

function fail(s: StackScope, why: string): Outcome {
  const was = s.conditions.get('Progressing')?.reason
  const isRollout = was === 'RollingOut' || was === 'RolloutFailed'
  const reason: Reason = isRollout ? 'RolloutFailed' : 'ChangeFailed'
  s.status.revision = s.revision
  s.conditions.set('Progressing', 'False', {
    reason,
    message: `version ${s.version} does not get ready: ${why}`,
  })
  return done
}
