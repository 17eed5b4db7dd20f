import { nameOf, type ObjectRef } from '../cluster/object.ts'
import type { Observed } from '../cluster/observed.ts'
import { LABELS, MANAGED_BY } from '../names.ts'
import { BACKUP_OBJECTS } from '../render/backup-folder.ts'
import type { Target } from './apply.ts'
import type { Reporter } from './report.ts'

interface Hands {
  target: Pick<Target, 'cluster'>
  signal: AbortSignal
  report: Reporter
}

/** Ends at once what sends to a bucket that is not known to be where the Region says, among these objects. */
export async function endBackups(hands: Hands, objects: Iterable<Observed>): Promise<void> {
  const { target, signal, report } = hands
  for (const { ref, uid, labels, deleting } of objects) {
    if (deleting || labels[LABELS.managedBy] !== MANAGED_BY || !sends(ref)) continue
    await target.cluster.delete(ref, uid, { signal })
    report.log.info({ object: nameOf(ref) }, 'deleted: the bucket is not known to be in place')
  }
}

function sends(ref: ObjectRef): boolean {
  // Each Cluster of CloudNativePG's has a schedule of its own.
  if (ref.kind === 'ScheduledBackup') return true
  return BACKUP_OBJECTS.some(
    ({ apiVersion, kind, name }) =>
      ref.apiVersion === apiVersion && ref.kind === kind && ref.name === name,
  )
}
