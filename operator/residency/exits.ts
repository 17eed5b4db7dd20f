import type { Observed } from '../cluster/observed.ts'
import { LABELS, MANAGED_BY } from '../names.ts'
import { bucketName } from './backup-location.ts'
import type { Finding, Sighting } from './sighting.ts'

const NOT_ASKED: Finding = { verdict: 'unknown', message: 'the object store was not asked yet' }

/** Where the backups are, by the object store's own word. */
export function backupFindings({ region, backup }: Sighting): Finding[] {
  const wanted = region.spec.backup
  if (!wanted) return []
  if (!backup) return [NOT_ASKED]
  if (backup.kind === 'unknown') return [{ verdict: 'unknown', message: backup.message }]
  if (backup.bucket !== bucketName(wanted)) return [NOT_ASKED]
  if (backup.location === wanted.location) return []
  const message = `the object store says that the bucket ${wanted.bucket} is in ${backup.location}, not in ${wanted.location}; name a bucket inside the region in spec.backup of Region ${region.metadata.name}`
  return [{ verdict: 'violated', message }]
}

/** Every pod is cut off until a policy opens a way: without that one, nothing is. Ways that others open are seen here and below. */
export function policyFindings({ objects, policies: own }: Sighting): Finding[] {
  const policies = objects.filter(({ ref }) => ref.kind === 'NetworkPolicy')
  const changed: Finding[] = policies.filter(isForeign(own)).map(({ ref }) => ({
    verdict: 'violated',
    message: `the network policy ${ref.name} is not as the operator made it; it is mended, or delete it`,
  }))
  if (policies.some(({ ref }) => ref.name === 'default-deny')) return changed
  const message = 'the network policy default-deny was not seen yet'
  return [...changed, { verdict: 'unknown', message }]
}

/**
 * Somebody else made it, or set a part of it. Those in the namespace are all watched, whatever they are labelled. Whoever
 * writes says himself what he is called, so it has to have a name that the operator renders besides: then it is
 * repaired.
 */
export function isForeign(own: ReadonlySet<string>) {
  return (policy: Observed) => {
    const { facts, ref } = policy
    if (facts.kind !== 'policy') return false
    return !facts.ours || !(own.has(ref.name) || isLeft(policy))
  }
}

/** As an earlier version made it, or for what the Region had before: whoever verifies deletes it (reconcile/tenant/ways.ts). */
function isLeft({ labels, deleting }: Observed): boolean {
  return labels[LABELS.managedBy] === MANAGED_BY && !deleting
}

/** What does not belong into the namespace may read or open what does. */
export function foreignFindings({ foreign }: Sighting): Finding[] {
  if (!foreign) {
    return [
      { verdict: 'unknown', message: 'nobody looked for foreign objects in the namespace yet' },
    ]
  }
  return foreign.map(({ kind, name }) => ({
    verdict: 'violated',
    message: `the ${kind} ${name} in the tenant's namespace is not the operator's; delete it`,
  }))
}
