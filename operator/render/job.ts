import type { V1Container, V1JobSpec } from '@kubernetes/client-node'
import type { KubernetesObject } from '../cluster/object.ts'
import type { TenantInput } from './input.ts'
import type { Part } from './labels.ts'
import { owned } from './owned.ts'
import { containerSecurity, type Pod, podTemplate } from './pods.ts'
import { JOB, resourcesOf } from './sizes.ts'

export interface Work {
  part: Part
  container: Pick<V1Container, 'image' | 'args' | 'env' | 'volumeMounts'>
  volumes?: Pod['volumes']
  /** Seconds in which all of it has to be done, tries included. */
  deadline?: number
  /** Somebody waits for it: a failure shows within a minute, and not after ten. */
  isAwaited?: boolean
}

/** Tries after the first one fails; pauses of 10 s, 20 s, 40 s, and so on, lie between them. */
const RETRIES = { awaited: 2, other: 6 }

/** A pod that runs to its end; after a failure another one. */
export function jobSpec(input: TenantInput, work: Work) {
  const { part, container, volumes, deadline, isAwaited } = work
  const template = podTemplate(input, {
    part,
    account: 'jobs',
    containers: [
      {
        name: part.name,
        ...container,
        resources: resourcesOf(JOB),
        securityContext: containerSecurity,
      },
    ],
    ...(volumes && { volumes }),
    graceSeconds: 30,
    restartPolicy: 'Never', // each try keeps its log
  })
  return {
    backoffLimit: isAwaited ? RETRIES.awaited : RETRIES.other,
    ...(deadline !== undefined && { activeDeadlineSeconds: deadline }),
    template,
  } satisfies V1JobSpec
}

/** No second run while one is going, none at all while the tenant is suspended. `schedule`: cron, in UTC. */
export function cronJob(input: TenantInput, schedule: string, work: Work): KubernetesObject {
  const { part } = work
  const ref = { apiVersion: 'batch/v1', kind: 'CronJob', name: part.name, part }
  return owned(input, ref, {
    spec: {
      schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      suspend: input.tenant.spec.suspend,
      jobTemplate: { spec: jobSpec(input, work) },
    },
  })
}
