import { done, type Outcome } from '../outcome.ts'
import type { Reason } from '../reasons.ts'
import { limitsOf, revisionOf, turnOf, versionIn } from '../rollout.ts'
import { inputOf } from './input.ts'
import type { StackScope } from './scope.ts'
import { stackOf, templateHash } from './stack.ts'

/** Why the pods change. */
type Cause = 'Installing' | 'Changing' | 'RollingOut'

/**
 * Decides which version is rendered, and whether pods may change now. A first installation and a user's own edit go at
 * once; a new version of the Region, and all else that changes every tenant, goes by turns.
 */
export async function turn(s: StackScope): Promise<Outcome> {
  const before = s.status.revision
  const wanted = s.tenant.spec.version ?? s.region.spec.images.version
  choose(s, wanted)
  if (before === undefined) await begin(s, 'Installing')
  else if (s.revision !== before) await change(s, before, wanted)
  else waitNoMore(s)
  s.stack = stackOf(inputOf(s))
  return done
}

function choose(s: StackScope, version: string): void {
  s.version = version
  s.revision = revisionOf(version, templateHash(inputOf(s)))
}

async function change(s: StackScope, before: string, wanted: string): Promise<void> {
  const current = versionIn(before) ?? wanted
  const isPinned = s.tenant.spec.version !== undefined
  if (isEdited(s) && (isPinned || wanted === current)) return await begin(s, 'Changing')
  const { name } = s.tenant.metadata
  const decision = turnOf(name, s.moving(s.region.metadata.name), limitsOf(s.region))
  if (decision.go) {
    s.claim()
    return await begin(s, 'RollingOut')
  }
  waitForTurn(s, decision)
  choose(s, current)
  if (s.revision === before) return
  if (isEdited(s)) await begin(s, 'Changing')
  else s.held = s.accepting
}

function waitForTurn(s: StackScope, { why, message }: { why: 'paused' | 'full'; message: string }) {
  const reason = why === 'paused' ? 'RolloutPaused' : 'WaitingForTurn'
  s.conditions.set('Progressing', 'False', { reason, message })
}

/** What it waited for is no longer wanted. */
function waitNoMore({ conditions, version }: StackScope): void {
  const reason = conditions.get('Progressing')?.reason
  if (reason !== 'WaitingForTurn' && reason !== 'RolloutPaused') return
  conditions.set('Progressing', 'False', {
    reason: 'RolledOut',
    message: `version ${version} runs`,
  })
}

/** The user's own edit, or a rotation that was asked for, is not carried out yet. */
function isEdited({ tenant, status }: StackScope): boolean {
  return tenant.metadata.generation !== status.observedGeneration
}

/** Written down before anything changes: a crash must not forget who has begun. */
async function begin(s: StackScope, cause: Cause): Promise<void> {
  const message = `moving to version ${s.version}`
  s.conditions.set('Progressing', 'True', { reason: cause, message })
  if (cause === 'Installing') return
  s.status.revision = s.revision
  await s.flush()
  s.report.normal(cause, message)
}

/** Nothing is on its way: what differs now was changed by hand, and is repaired at once. */
export function isSettled({ conditions }: StackScope): boolean {
  const progressing = conditions.get('Progressing')
  return progressing?.status === 'False' && SETTLED.has(progressing.reason)
}

const SETTLED = new Set<string>(['RolledOut', 'WaitingForTurn', 'RolloutPaused'] satisfies Reason[])
