import { done, type Outcome, waitFor } from '../outcome.ts'
import { placementProblem, type StorageClass } from './placement-rules.ts'
import type { PlacedScope } from './scope.ts'

const CONDITION = 'PlacementValid'
/** StorageClasses are not watched. */
const AGAIN_MS = 60_000

/** Whether the StorageClass and the nodes are where the Region says. */
export async function placement(s: PlacedScope): Promise<Outcome> {
  const { storageClassName: name } = s.region.spec.placement
  const ref = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name }
  const storageClass = await s.target.cluster.get(ref, { signal: s.signal })
  const nodes = [...s.target.cache.nodes()].flatMap(({ facts }) =>
    facts.kind === 'node' ? [facts.labels] : [],
  )
  const problem = placementProblem(s.region, storageClass as StorageClass | undefined, nodes)
  if (problem !== undefined) return waitFor(CONDITION, 'PlacementInvalid', problem, AGAIN_MS)
  s.conditions.set(CONDITION, 'True', { reason: 'PlacementValid' })
  return done
}
