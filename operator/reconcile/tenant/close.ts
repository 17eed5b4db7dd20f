import { ownedOf } from '../../cluster/digest.ts'
import { keyOf, nameOf, type ObjectRef } from '../../cluster/object.ts'
import { LABELS, MANAGED_BY } from '../../names.ts'
import { BACKUP_OBJECTS } from '../../render/backup-folder.ts'
import { mayBackUp } from '../../residency/backup-location.ts'
import { newestOf } from '../apply.ts'
import type { StackScope } from './scope.ts'

/**
 * Ends ingest, or the API, at once. What is stored is changed in this one point: to render it would take phases that come
 * later, and that may fail.
 */
export async function closeWorkload(s: StackScope, name: 'ingest' | 'api'): Promise<void> {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: s.namespace, name }
  const facts = newestOf(s.target, ref)?.facts
  if (facts?.kind === 'workload' && facts.desired === 0) return
  await change(s, ref, spec => (spec.replicas === 0 ? undefined : { ...spec, replicas: 0 }))
}

/** Ends at once what goes to a bucket that is not known to be where the Region says. */
export async function stopBackups(s: StackScope): Promise<void> {
  const { backup } = s.region.spec
  if (!backup || mayBackUp(backup, s.context.bucket)) return
  const ending = new Set(BACKUP_OBJECTS.map(object => keyOf({ ...object, namespace: s.namespace })))
  const found = s.target.cache
    .ofTenant(s.tenant.metadata.name)
    .filter(({ ref, labels }) => ending.has(keyOf(ref)) && labels[LABELS.managedBy] === MANAGED_BY)
  for (const { ref, uid, deleting } of found) {
    if (deleting) continue
    await s.target.cluster.delete(ref, uid, { signal: s.signal })
    s.report.log.info({ object: nameOf(ref) }, 'deleted: the bucket is not known to be in place')
  }
  await stopArchiving(s)
}

async function stopArchiving(s: StackScope): Promise<void> {
  if (s.region.spec.database.kind !== 'cnpg') return
  const { namespace } = s
  const ref = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', namespace, name: 'database' }
  await change(s, ref, ({ backup, ...rest }) => (backup ? rest : undefined))
}

type Spec = Record<string, unknown>

/** Applies what we applied before with another spec; undefined: it is right as it is. */
async function change(
  { target: { cluster }, signal, report }: StackScope,
  ref: ObjectRef,
  edit: (spec: Spec) => Spec | undefined,
): Promise<void> {
  const stored = await cluster.get(ref, { signal })
  if (!stored) return
  const own = ownedOf(stored)
  const spec = edit((own.spec ?? {}) as Spec)
  if (!spec) return
  await cluster.apply({ ...own, spec }, { signal })
  report.log.info({ object: nameOf(ref) }, 'closed')
}
