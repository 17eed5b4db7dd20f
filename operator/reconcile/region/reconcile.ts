import { regionNamespace } from '../../names.ts'
import type { Conditions } from '../conditions.ts'
import { addFinalizer, hasFinalizer } from '../finalizer.ts'
import type { Outcome } from '../outcome.ts'
import { note } from '../outcomes.ts'
import { isPaused } from '../paused.ts'
import { deriveReady } from '../ready.ts'
import { addresses } from './addresses.ts'
import { admission } from './admission.ts'
import { authority } from './authority.ts'
import { backup } from './backup.ts'
import { cluster } from './cluster.ts'
import { credentials } from './credentials.ts'
import { takeDown } from './deletion.ts'
import { edge } from './edge.ts'
import { labelsOf, namespace } from './namespace.ts'
import { placement } from './placement.ts'
import { rollout } from './rollout.ts'
import type { RegionContext, RegionRuntime } from './runtime.ts'
import type { PlacedScope, RegionScope } from './scope.ts'

export const REGION_CONDITIONS = [
  'Ready',
  'ClusterReachable',
  'PlacementValid',
  'CertificatesReady',
  'BackupLocationVerified',
  'EdgeReady',
  'RolloutPaused',
  'Paused',
  'Deleting',
] as const

const NEEDED = [
  'ClusterReachable',
  'CertificatesReady',
  'PlacementValid',
  'BackupLocationVerified',
  'EdgeReady',
]

/** What makes a region, in order. `isEssential`: nothing after it makes sense unless it is done. */
const PHASES: readonly { run(s: PlacedScope): Promise<Outcome>; isEssential?: true }[] = [
  { run: namespace, isEssential: true },
  { run: authority },
  { run: credentials },
  { run: placement },
  { run: backup },
  { run: admission },
  { run: addresses },
  { run: edge },
  { run: rollout },
]

/** One look at a Region. True: nothing is left to do, and the newest spec is in force. */
export async function reconcileRegion(s: RegionScope): Promise<boolean> {
  if (isPaused(s, s.region)) return false
  s.status.tenants = s.tenants.length
  const isDeleting = s.region.metadata.deletionTimestamp !== undefined
  if (isDeleting) {
    const isDone = note(s, await takeDown(s))
    if (s.tenants.length === 0) return isDone
    // The last tenants are served until they are gone: they need the edge to close their routes.
  } else if (!hasFinalizer(s.region)) {
    s.wrote(await addFinalizer(s.management, s.region, s.signal))
  }
  const connected = await cluster(s)
  if (!('target' in connected)) {
    const isDone = note(s, connected)
    if (!s.conditions.is('ClusterReachable', 'True')) unknown(s.conditions)
    return isDone
  }
  const areDone = await runPhases(placed(s, connected))
  return areDone && !isDeleting
}

export function deriveRegionReady(conditions: Conditions): void {
  deriveReady(conditions, NEEDED)
}

function unknown(conditions: Conditions): void {
  const because = { reason: 'Unreachable', message: "the region's cluster does not answer" }
  for (const type of NEEDED.slice(1)) {
    if (conditions.get(type)) conditions.set(type, 'Unknown', because)
  }
}

function placed(s: RegionScope, runtime: RegionRuntime): PlacedScope {
  const { name } = s.region.metadata
  return Object.assign(s, {
    runtime,
    target: runtime.target,
    namespace: regionNamespace(name),
    labels: labelsOf(name),
    missingCredentials: [],
    next: { ...runtime.context },
  })
}

async function runPhases(s: PlacedScope): Promise<boolean> {
  let areDone = true
  try {
    for (const { run, isEssential } of PHASES) {
      const isDone = note(s, await run(s))
      areDone &&= isDone
      if (isEssential && !isDone) return false
    }
  } finally {
    publish(s)
  }
  return areDone
}

/** Tenants get to see it as soon as there is enough of it; also when a later phase failed. */
function publish({ next, runtime }: PlacedScope): void {
  const { authority, copies = [], addresses, routes = new Set<string>() } = next
  if (!authority || !addresses) return
  const context: RegionContext = { ...next, authority, copies, addresses, routes }
  runtime.context = context
}
