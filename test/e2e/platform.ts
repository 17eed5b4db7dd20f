import { CLUSTERS, type ClusterPlan } from '../cluster/clusters.ts'
import { isOn } from '../cluster/node/machine.ts'
import { placesOf } from '../cluster/places.ts'
import { accessTo, type ClusterAccess } from '../kubernetes/access.ts'
import type { KubeObject } from '../kubernetes/rest.ts'

/** The platform of `npm run cluster`, as the tests see it. */
export interface Platform {
  cluster(plan: ClusterPlan): ClusterAccess
  /** Pods that run, of a namespace, by their label app.kubernetes.io/name where that is given. */
  pods(plan: ClusterPlan, namespace: string, name?: string): Promise<KubeObject[]>
}

/** @throws one sentence when it is not up. */
export function openPlatform(): Platform {
  const off = CLUSTERS.find(plan => !isOn(plan))
  if (off) throw new Error(`cannot test: the cluster ${off.name} is off; run npm run cluster -- up`)
  const accesses = new Map(
    CLUSTERS.map(({ name }) => [name, accessTo({ name, directory: placesOf(name).pki })]),
  )

  function cluster({ name }: ClusterPlan): ClusterAccess {
    return accesses.get(name) as ClusterAccess
  }

  return {
    cluster,
    async pods(plan, namespace, name) {
      const selector = name ? `?labelSelector=app.kubernetes.io/name%3D${name}` : ''
      const path = `/api/v1/namespaces/${namespace}/pods${selector}`
      const { items } = await cluster(plan).rest.call('GET', path)
      return items.filter((pod: KubeObject) => pod.status.phase === 'Running')
    },
  }
}
