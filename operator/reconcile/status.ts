import type { Cluster } from '../cluster/cluster.ts'
import type { KubernetesObject, ObjectMeta } from '../cluster/object.ts'
import type { Condition } from './conditions.ts'

export interface Resource<S extends object = object> {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  status?: S
}

/** Server-side apply of the whole status; no call where nothing changed. Answers with the stored object. */
export async function writeStatus<S extends object>(
  management: Cluster,
  { apiVersion, kind, metadata, status: stored = {} as S }: Resource<S>,
  { status, signal }: { status: S; signal: AbortSignal },
): Promise<KubernetesObject | undefined> {
  if (isSame(stored, status)) return undefined
  const { name, uid } = metadata
  // With the uid, an object that was made again meanwhile does not get the status of the one before.
  const identity = { name, ...(uid !== undefined && { uid }) }
  return await management.applyStatus({ apiVersion, kind, metadata: identity, status }, { signal })
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...keys].every(key => isSame(x[key], y[key]))
}

export interface Told {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
}

/** Reasons that somebody has to do something about. */
const WARNINGS = new Set<string>([
  'ChangeFailed',
  'ClaimDeleting',
  'CountryChanged',
  'CountryNotServed',
  'DeletionRefused',
  'Failed',
  'FinalBackupFailed',
  'Invalid',
  'KindMissing',
  'KubeconfigInvalid',
  'NamespaceNotOurs',
  'NoRegionForCountry',
  'NotWatched',
  'OtherCluster',
  'PlacementInvalid',
  'ReconcileFailed',
  'ReconcileStorm',
  'RegionChanged',
  'RegionNotFound',
  'RestoreRefused',
  'RolloutFailed',
  'RolloutPaused',
  'SecretMissing',
  'SeveralRegionsForCountry',
  'Unreachable',
  'Violated',
])

/** What is worth an event: a condition that has a new reason to worry, and the way back. */
export function newsIn(before: readonly Condition[], after: readonly Condition[]): Told[] {
  const old = new Map(before.map(condition => [condition.type, condition]))
  const news = after.filter(({ type, reason }) => old.get(type)?.reason !== reason)
  // Ready repeats what another condition says.
  const warnings = news.filter(({ type, reason }) => type !== 'Ready' && WARNINGS.has(reason))
  // A cluster that is away is so for nearly all of them, and one line tells it.
  const once = new Map(
    warnings.map(({ reason, message }) => [`${reason} ${message}`, { reason, message }]),
  )
  const isReady = news.some(({ type, status }) => type === 'Ready' && status === 'True')
  return [
    ...[...once.values()].map(warning => ({ type: 'Warning' as const, ...warning })),
    ...(isReady
      ? [{ type: 'Normal' as const, reason: 'Ready', message: 'all is as it should be' }]
      : []),
  ]
}
