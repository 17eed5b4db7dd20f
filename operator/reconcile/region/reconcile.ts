import { regionNamespace } from '../../names.ts'
import type { Conditions } from '../conditions.ts'
import { addFinalizer, hasFinalizer } from '../finalizer.ts'
import type { Outcome } from '../outcome.ts'
import { note } from '../outcomes.ts'
import { isPaused } from '../paused.ts'
import { deriveReady } from '../ready.ts'
import { addresses, lookUp } from './addresses.ts'
import { admission } from './admission.ts'
import { authority } from './authority.ts'
import { backup } from './backup.ts'
import { cluster } from './cluster.ts'
import { credentials } from './credentials.ts'
import { takeDown } from './deletion.ts'
import { edge } from './edge.ts'
import { labelsOf, namespace } from './namespace.ts'
import { readAuthority, readEdge } from './paused.ts'
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

interface Phase {
  run(s: PlacedScope): Promise<Outcome>
  /** Nothing after it makes sense unless it is done. */
  isEssential?: true
}

/** What makes a region, in order. */
const PHASES: readonly Phase[] = [
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

/** What its tenants need while it is paused. */
const PAUSED_PHASES: readonly Phase[] = [
  { run: readAuthority, isEssential: true },
  { run: credentials },
  { run: placement },
  { run: backup },
  { run: lookUp },
  { run: readEdge },
]

/** One look at a Region. True: nothing is left to do, and the newest spec is in force. */
export async function reconcileRegion(s: RegionScope): Promise<boolean> {
  if (isPaused(s, s.region)) {
    await connectAndRun(s, PAUSED_PHASES)
    return false
  }
  s.status.tenants = s.tenants.length
  const isDeleting = s.region.metadata.deletionTimestamp !== undefined
  if (isDeleting) {
    const isDone = note(s, await takeDown(s))
    if (s.tenants.length === 0) return isDone
    // The last tenants are served until they are gone: they need the edge to close their routes.
  } else if (!hasFinalizer(s.region)) {
    s.wrote(await addFinalizer(s.management, s.region, s.signal))
  }
  const areDone = await connectAndRun(s, PHASES)
  return areDone && !isDeleting
}

async function connectAndRun(s: RegionScope, phases: readonly Phase[]): Promise<boolean> {
  const connected = await cluster(s)
  if ('target' in connected) return await runPhases(placed(s, connected), phases)
  const isDone = note(s, connected)
  if (!s.conditions.is('ClusterReachable', 'True')) unknown(s.conditions)
  return isDone
}

export function deriveRegionReady(conditions: Conditions): void {
  deriveReady(conditions, NEEDED)
}

function unknown(conditions: Conditions): void {
  const because = { reason: 'Unreachable', message: "nothing is seen in the region's cluster" }
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

async function runPhases(s: PlacedScope, phases: readonly Phase[]): Promise<boolean> {
  let areDone = true
  try {
    for (const { run, isEssential } of phases) {
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
