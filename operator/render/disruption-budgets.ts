import type { KubernetesObject } from '../cluster/object.ts'
import type { TenantInput } from './input.ts'
import { PARTS, type Part, selectorOf } from './labels.ts'
import { owned } from './owned.ts'
import { sizingOf } from './sizes.ts'

/**
 * A drain takes one pod of several at a time. What has one pod has no budget: it would either mean nothing or stop the
 * drain; CloudNativePG makes its own.
 */
export function disruptionBudgets(input: TenantInput): KubernetesObject[] {
  const { ingest, api } = sizingOf(input)
  return [
    ...(ingest.replicas > 1 ? [budget(input, PARTS.ingest)] : []),
    ...(api.replicas > 1 ? [budget(input, PARTS.api)] : []),
  ]
}

function budget(input: TenantInput, part: Part): KubernetesObject {
  const ref = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', name: part.name, part }
  return owned(input, ref, {
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorOf(input, part) },
      // A pod that does not work anyway keeps no node from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  })
}
