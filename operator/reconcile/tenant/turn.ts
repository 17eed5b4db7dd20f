import { done, type Outcome } from '../outcome.ts'
import { lookAgain } from '../outcomes.ts'
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
  carriedOut(s)
  s.stack = stackOf(inputOf(s))
  return done
}

function choose(s: StackScope, version: string): void {
  s.version = version
  s.revision = revisionOf(version, templateHash(inputOf(s)))
}

async function change(s: StackScope, before: string, wanted: string): Promise<void> {
  const current = versionIn(before) ?? wanted
  if (isOwnEdit(s, wanted === current)) return await begin(s, 'Changing')
  const { name } = s.tenant.metadata
  const decision = turnOf(name, s.moving(s.region.metadata.name), limitsOf(s.region))
  if (decision.go) {
    s.claim()
    return await begin(s, 'RollingOut')
  }
  choose(s, current)
  if (s.revision !== before && isEdited(s)) return await begin(s, 'Changing')
  s.held = s.revision !== before
  waitForTurn(s, decision)
}

/** A tenant that is in the middle of a rollout stays in it, whoever changes it meanwhile, unless it leaves by a pin. */
function isOwnEdit(s: StackScope, isSameVersion: boolean): boolean {
  if (!isEdited(s)) return false
  return s.tenant.spec.version !== undefined || (isSameVersion && !ROLLOUT.has(reasonOf(s)))
}

/** The user's own edit is not carried out yet. */
function isEdited({ tenant, conditions }: StackScope): boolean {
  return tenant.metadata.generation !== conditions.get('Progressing')?.observedGeneration
}

/** What differs from now on was changed by the platform team, also while what the user asked for is still on its way. */
function carriedOut({ conditions }: StackScope): void {
  const now = conditions.get('Progressing')
  if (now) conditions.set(now.type, now.status, now)
}

function waitForTurn(s: StackScope, { why, message }: { why: 'paused' | 'full'; message: string }) {
  // What is still on its way is not hidden behind the next: its pods wait for the database and its migrations.
  if (!isSettled(s)) return lookAgain(s, new Date(s.now.getTime() + BUSY_MS))
  const reason = why === 'paused' ? 'RolloutPaused' : 'WaitingForTurn'
  s.conditions.set('Progressing', 'False', { reason, message })
}

const BUSY_MS = 30_000

/** What it waited for is no longer wanted. */
function waitNoMore(s: StackScope): void {
  if (WAITING.has(reasonOf(s))) settle(s)
}

/** Says that nothing is on its way. */
export function settle({ tenant, conditions, version }: StackScope): void {
  if (tenant.spec.suspend === true) {
    const message = `nothing runs; version ${version} is prepared and started once the tenant is no longer suspended`
    conditions.set('Progressing', 'False', { reason: 'Suspended', message })
  } else {
    const message = `version ${version} runs`
    conditions.set('Progressing', 'False', { reason: 'RolledOut', message })
  }
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
export function isSettled(s: StackScope): boolean {
  const reason = reasonOf(s)
  if (reason === 'Suspended') return s.tenant.spec.suspend === true
  return reason === 'RolledOut' || WAITING.has(reason)
}

function reasonOf({ conditions }: StackScope): string {
  return conditions.get('Progressing')?.reason ?? ''
}

const WAITING = new Set<string>(['WaitingForTurn', 'RolloutPaused'] satisfies Reason[])
const ROLLOUT = new Set<string>(['RollingOut', 'RolloutFailed'] satisfies Reason[])
