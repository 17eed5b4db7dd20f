import { done, type Outcome, waitFor } from '../outcome.ts'
import type { Reason } from '../reasons.ts'
import type { StackScope } from './scope.ts'

const PARTS = ['DatabaseReady', 'Prepared', 'IngestReady', 'ApiReady'] as const

/** Whether the tenant has arrived at what was rendered; a rollout stops for the others when it fails here. */
export async function progress(s: StackScope): Promise<Outcome> {
  const now = s.conditions.get('Progressing')
  const isOnItsWay = now?.status === 'True' || FAILED.has(now?.reason ?? '')
  if (!isOnItsWay || s.held) return done
  const failed = PARTS.map(type => s.conditions.get(type)).find(one => one?.reason === 'Failed')
  if (failed) return fail(s, `${failed.type}: ${failed.message}`)
  const hasArrived =
    s.tenant.spec.suspend === true || PARTS.every(type => s.conditions.is(type, 'True'))
  if (!hasArrived) {
    const message = `moving to version ${s.version}`
    return waitFor('Progressing', 'Starting', message)
  }
  arrive(s)
  return done
}

function arrive(s: StackScope): void {
  const from = s.status.version
  s.status.version = s.version
  s.status.revision = s.revision
  s.conditions.set('Progressing', 'False', {
    reason: 'RolledOut',
    message: `version ${s.version} runs`,
  })
  if (from !== s.version) s.report.normal('RolledOut', `version ${s.version} runs`)
}

function fail(s: StackScope, why: string): Outcome {
  const was = s.conditions.get('Progressing')?.reason
  const isRollout = was === 'RollingOut' || was === 'RolloutFailed'
  const reason: Reason = isRollout ? 'RolloutFailed' : 'ChangeFailed'
  const message = `version ${s.version} does not get ready: ${why}`
  if (was !== reason) s.report.warning(reason, message)
  s.status.revision = s.revision
  s.conditions.set('Progressing', 'False', { reason, message })
  return done
}

const FAILED = new Set<string>(['RolloutFailed', 'ChangeFailed'] satisfies Reason[])
