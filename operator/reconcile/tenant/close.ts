import type { Observed } from '../../cluster/observed.ts'
import { LABELS, MANAGED_BY } from '../../names.ts'
import { HIBERNATION } from '../../render/database-cnpg.ts'
import { servingOf } from '../../render/served.ts'
import { mayBackUp } from '../../residency/backup-location.ts'
import { newestOf } from '../apply.ts'
import { change } from '../change.ts'
import { endBackups } from '../end-backups.ts'
import type { StackScope } from './scope.ts'

/**
 * Ends ingest, or the API, at once. What is stored is changed in this one point: to render it would take phases that come
 * later, and that may fail.
 */
export async function closeWorkload(s: StackScope, name: 'ingest' | 'api'): Promise<void> {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: s.namespace, name }
  const facts = newestOf(s.target, ref)?.facts
  if (facts?.kind === 'workload' && facts.desired === 0) return
  await change(s, ref, own => {
    const spec = own.spec as Spec
    return spec.replicas === 0 ? undefined : { ...own, spec: { ...spec, replicas: 0 } }
  })
}

/** Ends at once what goes to a bucket that is not known to be where the Region says, or that it no longer names. */
export async function stopBackups(s: StackScope): Promise<void> {
  const { backup } = s.region.spec
  if (backup && mayBackUp(backup, s.context.bucket)) return
  const objects = s.target.cache.ofTenant(s.tenant.metadata.name)
  await endBackups(s, objects.filter(isOurs(s)))
}

/**
 * Puts to sleep what is neither the database nor becomes it: what a restore has taken the place of, and what was begun
 * and is not wanted any more. Their data stays until a person deletes it.
 */
export async function closeOtherClusters(s: StackScope): Promise<void> {
  const wanted = [servingOf(s.databases).name, s.recovery?.cluster]
  for (const { ref, facts } of clustersOf(s)) {
    const isAwake = facts.kind === 'workload' && facts.desired > 0
    if (!isAwake || wanted.includes(ref.name)) continue
    await change(s, ref, own => {
      const annotations = { ...own.metadata.annotations, ...HIBERNATION }
      return { ...own, metadata: { ...own.metadata, annotations } }
    })
  }
}

/** CloudNativePG's, made by the operator. */
function clustersOf(s: StackScope): Observed[] {
  return s.target.cache
    .ofTenant(s.tenant.metadata.name)
    .filter(({ ref, deleting }) => ref.kind === 'Cluster' && !deleting)
    .filter(isOurs(s))
}

function isOurs({ namespace }: StackScope) {
  return ({ ref, labels }: Observed) =>
    labels[LABELS.managedBy] === MANAGED_BY && ref.namespace === namespace
}

type Spec = Record<string, unknown>
