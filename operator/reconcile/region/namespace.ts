import { LABELS, MANAGED_BY, regionNamespace } from '../../names.ts'
import { applyAll, newestOf } from '../apply.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import type { PlacedScope } from './scope.ts'

const CONDITION = 'CertificatesReady'

export function labelsOf(region: string): Record<string, string> {
  return {
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.partOf]: 'platen',
    [LABELS.region]: region,
  }
}

/** Holds the edge and the region's keys. People put credentials into it, so they may make it first: with our label. */
export async function namespace(s: PlacedScope): Promise<Outcome> {
  const { name } = s.region.metadata
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: regionNamespace(name) }
  const observed = newestOf(s.target, ref)
  const stored = observed ? undefined : await s.target.cluster.get(ref, { signal: s.signal })
  const labels = observed?.labels ?? stored?.metadata.labels
  const isDeleting = observed?.deleting ?? stored?.metadata.deletionTimestamp !== undefined
  if (isDeleting) {
    return waitFor(
      CONDITION,
      'NamespaceTerminating',
      `waiting for the end of namespace ${ref.name}`,
      10_000,
    )
  }
  if (labels && labels[LABELS.region] !== name) {
    return refused(
      CONDITION,
      'NamespaceNotOurs',
      `cannot use namespace ${ref.name}: it exists without the label ${LABELS.region}=${name}; add the label if it is meant for this Region, or delete it`,
    )
  }
  const metadata = { name: ref.name, labels: { ...labelsOf(name), ...PODS_ARE_RESTRICTED } }
  await applyAll(s.target, [{ apiVersion: 'v1', kind: 'Namespace', metadata }], s.signal)
  return done
}

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const PODS_ARE_RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' }
