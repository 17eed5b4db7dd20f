import { nameOf, type ObjectRef } from '../cluster/object.ts'
import type { Observed } from '../cluster/observed.ts'
import { LABELS, MANAGED_BY } from '../names.ts'
import { isForBackups } from '../render/backup-folder.ts'
import { PARTS } from '../render/labels.ts'
import { change, type Hands } from './change.ts'

/** Ends at once what sends to a bucket that is not known to be where the Region says, among these objects. */
export async function endBackups(hands: Hands, objects: Iterable<Observed>): Promise<void> {
  for (const observed of objects) {
    const { ref, labels, deleting } = observed
    if (deleting || labels[LABELS.managedBy] !== MANAGED_BY) continue
    if (sends(observed)) await end(hands, observed)
    if (archives(observed)) await stopArchiving(hands, ref)
  }
}

function sends({ ref, labels }: Observed): boolean {
  return isForBackups(ref) || (ref.kind === 'Job' && labels[LABELS.name] === PARTS.backup.name)
}

async function end({ target, signal, report }: Hands, { ref, uid }: Observed): Promise<void> {
  if (!(await target.cluster.delete(ref, uid, { signal }))) return
  report.log.info({ object: nameOf(ref) }, 'deleted: the bucket is not known to be in place')
}

/** A Cluster of CloudNativePG's: it is not alone in calling something so. */
function archives({ ref: { apiVersion, kind }, facts }: Observed): boolean {
  if (kind !== 'Cluster' || !apiVersion.startsWith('postgresql.cnpg.io/')) return false
  return facts.kind === 'workload' && facts.archives === true
}

/** What CloudNativePG's instances send all the time. */
async function stopArchiving(hands: Hands, ref: ObjectRef): Promise<void> {
  await change(hands, ref, own => {
    const { backup, ...spec } = own.spec as Record<string, unknown>
    return backup ? { ...own, spec } : undefined
  })
}
