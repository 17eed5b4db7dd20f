import { follow } from '../../kubernetes/follow.ts'
import {
  type ControlPlane,
  type KubeObject,
  RestError,
  simulateWorkloads,
} from '../../kubernetes/index.ts'
import { NAMESPACES, NODE } from './objects.ts'

/**
 * Stands for the controllers and the scheduler, with as few writes as can be: workloads are said to be ready at once, and
 * each database has one pod, placed on the node, so that there is something whose place can be verified.
 */
export function startStandIns(plane: ControlPlane): AsyncDisposable {
  const workloads = simulateWorkloads(plane, {
    kinds: ['Deployment', 'StatefulSet', 'Job'],
    namespaces: NAMESPACES,
  })
  const pods = follow(plane.rest, {
    path: '/apis/apps/v1/statefulsets',
    wanted: ({ metadata }) => NAMESPACES.test(metadata.namespace),
    each: set => placePod(plane, set),
  })
  return {
    async [Symbol.asyncDispose]() {
      await workloads[Symbol.asyncDispose]()
      await pods[Symbol.asyncDispose]()
    },
  }
}

async function placePod({ rest }: ControlPlane, set: KubeObject): Promise<void> {
  const { namespace } = set.metadata
  const name = `${set.metadata.name}-0`
  const path = `/api/v1/namespaces/${namespace}/pods`
  const { metadata, spec } = set.spec.template
  try {
    await rest.call('POST', path, {
      as: 'system:serviceaccount:kube-system:statefulset-controller',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, name, namespace, ownerReferences: [controlledBy(set)] },
        spec: withoutVolumes(set, spec),
      },
    })
  } catch (error) {
    if (error instanceof RestError && error.status === 409) return
    throw error
  }
  await rest.call('POST', `${path}/${name}/binding`, {
    as: 'system:kube-scheduler',
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace },
      target: { apiVersion: 'v1', kind: 'Node', name: NODE },
    },
  })
}

function controlledBy({ metadata: { name, uid } }: KubeObject): KubeObject {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid, controller: true }
}

/** The claims of the set's templates are not made, so the pod may not mount them. */
function withoutVolumes(set: KubeObject, spec: KubeObject): KubeObject {
  const claims = new Set(
    (set.spec.volumeClaimTemplates ?? []).map(({ metadata }: KubeObject) => metadata.name),
  )
  const without = (container: KubeObject) => ({
    ...container,
    volumeMounts: container.volumeMounts?.filter(({ name }: KubeObject) => !claims.has(name)),
  })
  return {
    ...spec,
    containers: spec.containers.map(without),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(without) }),
  }
}
