import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'

/**
 * Which tenants of a region may move now: to a new version, or to anything else that the platform team changed for all
 * of them (the Region's spec, a new operator). A user's own edit and a first installation never wait.
 */

/** How far a tenant is, as its status tells. */
export interface Moving {
  tenant: string
  /** The version that it is to run: its pin, or the Region's. */
  wanted: string
  /** The version that it was last moved to, whether it got there or not; absent: it was never installed. */
  attempted?: string | undefined
  state: 'settled' | 'moving' | 'failed'
}

export interface RolloutLimits {
  maxConcurrent: number
  onFailure: 'Pause' | 'Continue'
}

export function limitsOf({ spec }: Region): RolloutLimits {
  const { maxConcurrent = 5, onFailure } = spec.rollout ?? {}
  return { maxConcurrent, onFailure: onFailure === 'Continue' ? 'Continue' : 'Pause' }
}

/**
 * Only what came from the platform team counts: a tenant whose own edit or first installation fails holds nobody up,
 * nor does the failure of one that is pinned to a version of its own.
 */
export function movingOf({ metadata, spec, status }: Tenant, { spec: { images } }: Region): Moving {
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing')
  return {
    tenant: metadata.name,
    wanted: spec.version ?? images.version,
    attempted: versionIn(status?.revision),
    state: stateOf(progressing?.reason, spec.version !== undefined),
  }
}

function stateOf(reason: string | undefined, isPinned: boolean): Moving['state'] {
  if (reason === 'RollingOut') return 'moving'
  return reason === 'RolloutFailed' && !isPinned ? 'failed' : 'settled'
}

export type Turn = { go: true } | { go: false; why: 'paused' | 'full'; message: string }

/**
 * Whether the tenant may begin to move. One that moves already goes on, and one that has failed may always try again:
 * going back to the old version must not wait for anybody.
 */
export function turnOf(tenant: string, all: readonly Moving[], limits: RolloutLimits): Turn {
  const own = all.find(one => one.tenant === tenant)
  if (own && own.state !== 'settled') return { go: true }
  const others = all.filter(one => one.tenant !== tenant)
  const failed = failedNow(others)
  if (limits.onFailure === 'Pause' && failed.length > 0) {
    return { go: false, why: 'paused', message: pausedMessage(failed) }
  }
  const moving = others.filter(({ state }) => state === 'moving').length
  if (moving < limits.maxConcurrent) return { go: true }
  const message = `waiting for its turn: ${moving} of at most ${limits.maxConcurrent} tenants are being changed`
  return { go: false, why: 'full', message }
}

/** A failure at a version that is no longer wanted stops nobody: that it is no longer wanted is the cure. */
export function failedNow(all: readonly Moving[]): Moving[] {
  return all.filter(({ state, attempted, wanted }) => state === 'failed' && attempted === wanted)
}

export function pausedMessage(failed: readonly Moving[]): string {
  const names = failed.slice(0, 5).map(({ tenant }) => tenant)
  const more = failed.length > names.length ? ` and ${failed.length - names.length} more` : ''
  return `the rollout failed for ${names.join(', ')}${more}: nobody else is changed; repair them, or set the old images.version again`
}

/** How many of those who wait can begin now. */
export function freeSlots(all: readonly Moving[], limits: RolloutLimits): number {
  if (limits.onFailure === 'Pause' && failedNow(all).length > 0) return 0
  const moving = all.filter(({ state }) => state === 'moving').length
  return Math.max(0, limits.maxConcurrent - moving)
}

/**
 * What a tenant's `status.revision` holds: the version and a hash of what else its pods are made of. A tag never holds
 * a plus sign.
 */
export function revisionOf(version: string, hash: string): string {
  return `${version}+${hash}`
}

export function versionIn(revision: string | undefined): string | undefined {
  return revision?.split('+')[0] || undefined
}
