import { keyOf, refOf } from '../../cluster/object.ts'
import { renderEdge } from '../../edge/index.ts'
import { EDGE } from '../../edge/owned.ts'
import { LABELS, MANAGED_BY } from '../../names.ts'
import { applyAll, newestOf } from '../apply.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import { inParallel } from '../parallel.ts'
import { progressOf } from '../workload.ts'
import { addressesRef } from './addresses.ts'
import { routeOf } from './routes.ts'
import type { PlacedScope } from './scope.ts'

const CONDITION = 'EdgeReady'

/** The region's way in, with a route for each open tenant. */
export async function edge(s: PlacedScope): Promise<Outcome> {
  const conflict = sameDomain(s)
  if (conflict) return conflict
  const routes = s.tenants.flatMap(tenant => routeOf(tenant, s.region) ?? [])
  const { addresses } = s.next
  const objects = renderEdge({ region: s.region, routes, ...(addresses && { addresses }) })
  await applyAll(s.target, objects, s.signal)
  await prune(s, new Set([...objects.map(refOf), addressesRef(s)].map(keyOf)))
  s.next.routes = new Set(routes.map(({ host }) => host))
  return edgeState(s)
}

/** Whether it works. */
export function edgeState(s: PlacedScope): Outcome {
  if (s.missingCredentials.length > 0) {
    return refused(CONDITION, 'SecretMissing', s.missingCredentials.join('; '))
  }
  const { namespace } = s
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: EDGE }
  const progress = progressOf(newestOf(s.target, ref))
  if (progress.kind === 'ready') {
    delete s.next.edgeProblem
    s.conditions.set(CONDITION, 'True', { reason: 'Ready' })
    return done
  }
  s.next.edgeProblem = progress.message
  return waitFor(CONDITION, progress.reason, progress.message)
}

/** Two Regions of one domain would serve each other's tenants. */
function sameDomain({ region, regions }: PlacedScope): Outcome | undefined {
  const { domain } = region.spec
  const other = regions.find(
    one => one.spec.domain === domain && isBefore(one.metadata, region.metadata),
  )
  if (!other) return undefined
  return refused(
    CONDITION,
    'Invalid',
    `cannot serve ${domain}: Region ${other.metadata.name} has it already; make this Region again with another domain`,
  )
}

interface Made {
  name: string
  creationTimestamp?: string
}

function isBefore(a: Made, b: Made): boolean {
  const [made, other] = [a.creationTimestamp ?? '', b.creationTimestamp ?? '']
  return made === other ? a.name < b.name : made < other
}

const PRUNED = new Set([
  'ConfigMap',
  'Deployment',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'Service',
])

async function prune(s: PlacedScope, wanted: ReadonlySet<string>): Promise<void> {
  const left = s.target.cache
    .ofRegion(s.region.metadata.name)
    .filter(
      ({ ref, labels }) => ref.namespace === s.namespace && labels[LABELS.managedBy] === MANAGED_BY,
    )
    .filter(({ ref, deleting }) => PRUNED.has(ref.kind) && !deleting && !wanted.has(keyOf(ref)))
  await inParallel(left, 8, ({ ref, uid }) =>
    s.target.cluster.delete(ref, uid, { signal: s.signal }),
  )
}
