import type { WorkloadFacts } from './observed.ts'

interface Workload {
  metadata: { generation?: number; annotations?: Record<string, string> }
  spec?: { replicas?: number; instances?: number; backup?: object }
  status?: {
    observedGeneration?: number
    replicas?: number
    readyReplicas?: number
    updatedReplicas?: number
    readyInstances?: number
    phase?: string
    lastSuccessfulBackup?: string
    conditions?: { type: string; status: string; reason?: string }[]
  }
}

export function factsOfDeployment(deployment: Workload): WorkloadFacts {
  return { ...replicas(deployment), ...failureOf(deployment) }
}

export function factsOfStatefulSet(set: Workload): WorkloadFacts {
  return replicas(set)
}

/** A pod of the template before that is still there may be one of those that are ready: it does not count. */
function replicas({ metadata, spec, status = {} }: Workload): WorkloadFacts {
  const updated = status.updatedReplicas ?? 0
  const old = Math.max(0, (status.replicas ?? updated) - updated)
  return {
    kind: 'workload',
    desired: spec?.replicas ?? 1,
    ready: Math.max(0, (status.readyReplicas ?? 0) - old),
    updated,
    current: (status.observedGeneration ?? 0) >= (metadata.generation ?? 0),
  }
}

/** Its pods do not become ready, or cannot even be made, e.g. for the quota. */
function failureOf({ status }: Workload): { failed?: string } {
  const failure = status?.conditions?.find(
    ({ type, status, reason }) =>
      (type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded') ||
      (type === 'ReplicaFailure' && status === 'True'),
  )
  return failure ? { failed: failure.reason ?? failure.type } : {}
}

const HIBERNATION = 'cnpg.io/hibernation'

/** CloudNativePG's phases out of which it finds no way by itself (its api/v1/cluster_types.go). */
const STUCK = new Set([
  'Cluster is unrecoverable and needs manual intervention',
  'Unable to create required cluster objects',
  'Cluster cannot proceed to reconciliation due to an unknown plugin being required',
  'Cluster cannot proceed to reconciliation due to an error while interacting with plugins',
  'Cluster cannot execute instance online upgrade due to missing architecture binary',
  'Cluster has incomplete or invalid image catalog',
])

/** CloudNativePG tells no observed generation, so its phase has to tell whether everything is as it should be. */
export function factsOfCluster(cluster: Workload): WorkloadFacts {
  const { metadata, spec, status = {} } = cluster
  const sleeps = metadata.annotations?.[HIBERNATION] === 'on'
  const ready = status.readyInstances ?? 0
  const backedUpAt = status.lastSuccessfulBackup
  const current = sleeps ? isAsleep(cluster) : status.phase === 'Cluster in healthy state'
  return {
    kind: 'workload',
    desired: sleeps ? 0 : (spec?.instances ?? 1),
    ready,
    updated: current ? ready : 0,
    current,
    ...(status.phase !== undefined && STUCK.has(status.phase) ? { failed: status.phase } : {}),
    ...(backedUpAt ? { backedUpAt } : {}),
    ...(spec?.backup ? { archives: true } : {}),
  }
}

function isAsleep({ status }: Workload): boolean {
  return status?.conditions?.find(({ type }) => type === HIBERNATION)?.status === 'True'
}
