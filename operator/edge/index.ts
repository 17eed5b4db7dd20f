import type { KubernetesObject } from '../cluster/object.ts'
import { configMap } from './config.ts'
import { deployment } from './deployment.ts'
import type { EdgeInput } from './input.ts'
import { networkPolicies } from './network-policies.ts'
import { EDGE, owned } from './owned.ts'
import { routesConfigMap } from './routes.ts'
import { disruptionBudget, service } from './service.ts'

export type { EdgeInput, Route } from './input.ts'

/**
 * The region's edge, in the region's namespace, which must be there; in the order in which it is applied. Pure.
 * @throws when the routes are too many for a ConfigMap, in a sentence that says what to do
 */
export function renderEdge(input: EdgeInput): KubernetesObject[] {
  return [
    serviceAccount(input),
    ...networkPolicies(input),
    configMap(input),
    routesConfigMap(input),
    deployment(input),
    service(input),
    ...disruptionBudget(input),
  ]
}

/** Without rights and without a token: neither HAProxy nor its agent ever asks the API server. */
function serviceAccount(input: EdgeInput): KubernetesObject {
  const { pullSecretRefs } = input.region.spec.images
  const imagePullSecrets = pullSecretRefs?.map(({ name }) => ({ name }))
  return owned(
    input,
    { apiVersion: 'v1', kind: 'ServiceAccount', name: EDGE },
    {
      automountServiceAccountToken: false,
      ...(imagePullSecrets && { imagePullSecrets }),
    },
  )
}
