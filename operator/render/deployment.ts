import type { KubernetesObject } from '../cluster/object.ts'
import type { TenantInput } from './input.ts'
import { selectorOf } from './labels.ts'
import { owned } from './owned.ts'
import { type Pod, podTemplate } from './pods.ts'

/** Pods that serve. A new one is ready before an old one goes. */
export function deployment(input: TenantInput, replicas: number, pod: Pod): KubernetesObject {
  const { part } = pod
  return owned(
    input,
    { apiVersion: 'apps/v1', kind: 'Deployment', name: part.name, part },
    {
      spec: {
        replicas,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorOf(input, part) },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: podTemplate(input, { ...pod, spread: true }),
      },
    },
  )
}
