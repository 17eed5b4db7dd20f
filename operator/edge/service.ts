import type { KubernetesObject } from '../cluster/object.ts'
import type { EdgeInput } from './input.ts'
import { EDGE, owned, selectorOf } from './owned.ts'

/** The region's entrance: `*.DOMAIN` points here. */
export function service(input: EdgeInput): KubernetesObject {
  const {
    serviceType = 'LoadBalancer',
    loadBalancerClass,
    annotations,
  } = input.region.spec.edge ?? {}
  const isBalanced = serviceType === 'LoadBalancer'
  const object = owned(
    input,
    { apiVersion: 'v1', kind: 'Service' },
    {
      spec: {
        type: serviceType,
        ...(isBalanced && loadBalancerClass !== undefined && { loadBalancerClass }),
        // Straight to a node with an edge pod: one hop less, and sources stay apart, which limits each of them alone.
        ...(isBalanced && { externalTrafficPolicy: 'Local' }),
        selector: selectorOf(input),
        ports: [
          { name: 'tls', port: 443, protocol: 'TCP', targetPort: 'tls' },
          { name: 'xmpp', port: 5222, protocol: 'TCP', targetPort: 'xmpp' },
        ],
      },
    },
  )
  if (annotations && Object.keys(annotations).length > 0) object.metadata.annotations = annotations
  return object
}

/** A drain takes one pod at a time; with a single pod a budget would stop it, or mean nothing. */
export function disruptionBudget(input: EdgeInput): KubernetesObject[] {
  if ((input.region.spec.edge?.replicas ?? 2) < 2) return []
  return [
    owned(
      input,
      { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', name: EDGE },
      {
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: selectorOf(input) },
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
        },
      },
    ),
  ]
}
