import type { KubeObject } from './rest.ts'

/** What becomes of a workload: it gets ready, is on its way for ever, or fails for good. */
export type WorkloadFate = 'ready' | 'unready' | 'failed'

/** A merge patch of the status, and so that it can be told from what is there: null stands for absent. */
type Status = Record<string, unknown>

/** Times are that of the object's creation, so that the same fate has the same status to the byte. */
type StatusOf = (object: KubeObject, fate: WorkloadFate) => Status

export const deploymentStatus: StatusOf = ({ metadata, spec }, fate) => {
  const ready = fate === 'ready' ? spec.replicas || null : null
  return {
    observedGeneration: metadata.generation,
    replicas: spec.replicas || null,
    updatedReplicas: spec.replicas || null,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: fate === 'ready' ? null : spec.replicas || null,
    conditions: [
      condition(metadata, { type: 'Available', is: fate === 'ready' || spec.replicas === 0 }),
      condition(metadata, {
        type: 'Progressing',
        is: fate !== 'failed',
        reason: {
          ready: 'NewReplicaSetAvailable',
          unready: 'ReplicaSetUpdated',
          failed: 'ProgressDeadlineExceeded',
        }[fate],
      }),
    ],
  }
}

export const statefulSetStatus: StatusOf = ({ metadata, spec }, fate) => {
  const ready = fate === 'ready' ? spec.replicas || null : null
  const revision = `${metadata.name}-${metadata.generation}`
  return {
    observedGeneration: metadata.generation,
    replicas: spec.replicas,
    currentReplicas: spec.replicas || null,
    updatedReplicas: spec.replicas || null,
    readyReplicas: ready,
    availableReplicas: ready ?? 0,
    currentRevision: revision,
    updateRevision: revision,
  }
}

/** A Job that has ended cannot change its mind. */
export const jobStatus: StatusOf = ({ metadata, spec, status }, fate) => {
  const [last] = (status?.conditions ?? []).slice(-1)
  if (spec.suspend || ['Complete', 'Failed'].includes(last?.type)) return {}
  const startTime = metadata.creationTimestamp
  if (fate === 'unready') return { startTime, active: 1 }
  if (fate === 'failed') {
    const reason = 'BackoffLimitExceeded'
    const types = ['FailureTarget', 'Failed']
    const conditions = types.map(type => condition(metadata, { type, is: true, reason }))
    return { startTime, active: null, failed: 1, conditions }
  }
  const reason = 'CompletionsReached'
  const conditions = ['SuccessCriteriaMet', 'Complete'].map(type =>
    condition(metadata, { type, is: true, reason }),
  )
  const completionTime = metadata.creationTimestamp
  return { startTime, completionTime, active: null, succeeded: 1, conditions }
}

/** CloudNativePG's: https://cloudnative-pg.io/documentation/current/declarative_hibernation/ tells of the annotation. */
export const clusterStatus: StatusOf = ({ metadata, spec }, fate) => {
  const hibernates = metadata.annotations?.['cnpg.io/hibernation'] === 'on'
  const isReady = fate === 'ready' && !hibernates
  const hibernation = condition(metadata, {
    type: 'cnpg.io/hibernation',
    is: true,
    reason: 'Hibernated',
  })
  return {
    instances: spec.instances,
    readyInstances: isReady ? spec.instances : null,
    currentPrimary: `${metadata.name}-1`,
    lastSuccessfulBackup: isReady && spec.backup ? metadata.creationTimestamp : null,
    phase: {
      ready: 'Cluster in healthy state',
      unready: 'Setting up primary',
      failed: 'Cluster cannot execute instance online upgrade due to missing architecture binary',
    }[fate],
    conditions: [
      condition(metadata, {
        type: 'Ready',
        is: isReady,
        reason: isReady ? 'ClusterIsReady' : 'ClusterIsNotReady',
      }),
      ...(hibernates ? [hibernation] : []),
    ],
  }
}

export const backupStatus: StatusOf = (_backup, fate) => ({
  phase: { ready: 'completed', unready: 'running', failed: 'failed' }[fate],
})

/** cert-manager's. */
export const certificateStatus: StatusOf = ({ metadata }, fate) => ({
  conditions: [
    {
      ...condition(metadata, {
        type: 'Ready',
        is: fate === 'ready',
        reason: { ready: 'Ready', unready: 'DoesNotExist', failed: 'Failed' }[fate],
      }),
      observedGeneration: metadata.generation,
    },
  ],
})

function condition(
  { creationTimestamp }: KubeObject,
  { type, is, reason = 'Simulated' }: { type: string; is: boolean; reason?: string },
) {
  return {
    type,
    status: is ? 'True' : 'False',
    reason,
    message: 'simulated',
    lastTransitionTime: creationTimestamp,
  }
}
