import { LABELS } from '../names.ts'
import type { KindRef } from './object.ts'

/** What a cluster's cache follows. */
export interface Watched extends KindRef {
  /** Absent: all objects of the kind. */
  labelSelector?: string
}

/** On everything that the operator renders, and on what other operators make for it. */
const OURS = `${LABELS.partOf}=platen`
/** Whoever runs a pod in a tenant's namespace must give it this label (residency/admission.ts). */
const TENANTS = LABELS.tenant

const of = (apiVersion: string, labelSelector: string | undefined, kinds: string[]): Watched[] =>
  kinds.map(kind => ({
    apiVersion,
    kind,
    ...(labelSelector === undefined ? {} : { labelSelector }),
  }))

/** Kinds of which a region's cluster may hold objects of ours; those that it does not serve are waited for. */
export const WATCHED: readonly Watched[] = [
  ...of('v1', OURS, [
    'Namespace',
    'ResourceQuota',
    'LimitRange',
    'ServiceAccount',
    'ConfigMap',
    'Secret',
    'Service',
  ]),
  ...of('v1', TENANTS, ['Pod', 'PersistentVolumeClaim']),
  ...of('v1', undefined, ['Node', 'PersistentVolume']),
  ...of('apps/v1', OURS, ['Deployment', 'StatefulSet']),
  ...of('batch/v1', OURS, ['Job', 'CronJob']),
  // Also those of others: each opens a way in or out of its namespace.
  ...of('networking.k8s.io/v1', undefined, ['NetworkPolicy']),
  ...of('admissionregistration.k8s.io/v1', OURS, [
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
  ]),
  ...of('policy/v1', OURS, ['PodDisruptionBudget']),
  ...of('cert-manager.io/v1', OURS, ['Certificate']),
  ...of('postgresql.cnpg.io/v1', OURS, ['Cluster', 'ScheduledBackup', 'Backup']),
]
