import { keyOf, nameOf, type ObjectRef } from '../../cluster/object.ts'
import type { Observed } from '../../cluster/observed.ts'
import { LABELS, MANAGED_BY } from '../../names.ts'
import { refsOf } from '../apply.ts'
import { done, type Outcome } from '../outcome.ts'
import { inParallel } from '../parallel.ts'
import { takeRoom } from './quota.ts'
import type { StackScope } from './scope.ts'
import { allOf } from './stack.ts'

/** Never what holds data: a Namespace, Secret, claim, StatefulSet or CloudNativePG Cluster is not deleted by a render. */
const PRUNED = new Set([
  'Certificate',
  'ConfigMap',
  'CronJob',
  'Deployment',
  'Job',
  'LimitRange',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'ResourceQuota',
  'ScheduledBackup',
  'Service',
  'ServiceAccount',
])

/** Deletes what was rendered once and is no longer. */
export async function prune(s: StackScope): Promise<Outcome> {
  if (s.held) return done
  await takeRoom(s)
  const wanted = new Set(refsOf(allOf(s.stack)).map(keyOf))
  await deleteLeft(s, ref => !wanted.has(keyOf(ref)))
  return done
}

/** Of ours in the tenant's namespace, those that are no longer rendered. */
export async function deleteLeft(
  s: StackScope,
  isLeft: (ref: ObjectRef) => boolean,
): Promise<void> {
  const left = s.target.cache
    .ofTenant(s.tenant.metadata.name)
    .filter(observed => observed.ref.namespace === s.namespace && isOurs(observed))
    .filter(({ ref, deleting }) => !deleting && isLeft(ref))
  await inParallel(left, 8, async ({ ref, uid }) => {
    if (!(await s.target.cluster.delete(ref, uid, { signal: s.signal }))) return
    s.report.log.info({ object: nameOf(ref) }, 'deleted what is no longer rendered')
  })
}

/** Jobs that a CronJob made have its labels too; ours are the one that prepares, and a backup that was asked for. */
function isOurs({ ref, labels }: Observed): boolean {
  if (!PRUNED.has(ref.kind) || labels[LABELS.managedBy] !== MANAGED_BY) return false
  return ref.kind !== 'Job' || /^(prepare|asked)-/.test(ref.name)
}
