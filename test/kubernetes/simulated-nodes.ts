import type { ClusterAccess } from './access.ts'
import { type Following, follow } from './follow.ts'
import { statusOfPod } from './pod-status.ts'
import { type KubeObject, RestError } from './rest.ts'
import { fits } from './scheduling.ts'
import { provide } from './simulated-volumes.ts'

/**
 * What becomes of a pod. `ready`: it runs, or completes where it belongs to a Job. `unready`: it runs, and its
 * readiness probe fails. `failed`: its container exits with an error. `pending`: no node takes it.
 */
export type PodFate = 'ready' | 'unready' | 'failed' | 'pending'

export interface SimulatedNodesOptions {
  nodes: { name: string; labels: Record<string, string> }[]
  /** Names of the namespaces whose pods these nodes run, so that tests on one cluster keep apart. */
  namespaces: RegExp
  /** StorageClasses that bind a claim once a pod needs it, to a volume on that pod's node. */
  storageClasses?: string[]
}

/** Stands for scheduler, kubelets and storage of some nodes; no container ever runs. */
export interface SimulatedNodes extends AsyncDisposable {
  /** From now on, also for pods that are there already. Without a decision every pod is `ready`. */
  decide(fate: (pod: KubeObject) => PodFate): void
}

/**
 * Makes nodes that take pods, bind their volumes and report on them, by required node affinity and node selectors as
 * the real ones do. Disposing of it removes what it made.
 */
export async function simulateNodes(
  cluster: ClusterAccess,
  options: SimulatedNodesOptions,
): Promise<SimulatedNodes> {
  let fateOf: (pod: KubeObject) => PodFate = () => 'ready'
  for (const node of options.nodes) await makeNode(cluster, node)
  for (const name of options.storageClasses ?? []) await makeStorageClass(cluster, name)
  const nodes = options.nodes.map(({ name, labels }) => nodeObject(name, labels))
  const pods = follow(cluster.rest, {
    path: '/api/v1/pods',
    wanted: pod => options.namespaces.test(pod.metadata.namespace),
    each: pod => live({ cluster, nodes, fate: fateOf(pod) }, pod),
  })
  const volumes = reclaimVolumes(cluster, options)
  return {
    decide(fate) {
      fateOf = fate
      pods.again()
    },
    async [Symbol.asyncDispose]() {
      await pods[Symbol.asyncDispose]()
      await volumes[Symbol.asyncDispose]()
      for (const { name } of options.nodes) await remove(cluster, `/api/v1/nodes/${name}`)
      for (const name of options.storageClasses ?? []) await remove(cluster, classPath(name))
    },
  }
}

const PROVISIONER = 'simulated.platen.test'
const classPath = (name: string) => `/apis/storage.k8s.io/v1/storageclasses/${name}`

function nodeObject(name: string, labels: Record<string, string>): KubeObject {
  const all = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: all } }
}

async function makeNode(
  { rest }: ClusterAccess,
  { name, labels }: SimulatedNodesOptions['nodes'][number],
): Promise<void> {
  const path = `/api/v1/nodes/${name}`
  const room = { cpu: '64', memory: '256Gi', pods: '10000' }
  const condition = { type: 'Ready', status: 'True', reason: 'Simulated', message: '' }
  await rest.call('PATCH', `${path}?fieldManager=simulated-nodes&force=true`, {
    patch: 'apply',
    body: nodeObject(name, labels),
  })
  await rest.call('PATCH', `${path}/status`, {
    patch: 'merge',
    body: { status: { capacity: room, allocatable: room, conditions: [condition] } },
  })
}

async function makeStorageClass({ rest }: ClusterAccess, name: string): Promise<void> {
  await rest.call('PATCH', `${classPath(name)}?fieldManager=simulated-nodes&force=true`, {
    patch: 'apply',
    body: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: PROVISIONER,
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Delete',
    },
  })
}

interface Life {
  cluster: ClusterAccess
  nodes: KubeObject[]
  fate: PodFate
}

/** The next step of a pod's life; each step's own event leads to the next. */
async function live({ cluster, nodes, fate }: Life, pod: KubeObject): Promise<void> {
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`
  if (pod.metadata.deletionTimestamp) {
    const preconditions = { uid: pod.metadata.uid }
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions }
    await cluster.rest.call('DELETE', path, { body })
    return
  }
  if (['Succeeded', 'Failed'].includes(pod.status.phase)) return
  if (!pod.spec.nodeName) {
    const node = fate === 'pending' ? undefined : nodes.find(each => fits(pod, each))
    if (!node) return
    await bind(cluster, pod, node)
    return
  }
  if (!nodes.some(({ metadata }) => metadata.name === pod.spec.nodeName)) return
  const status = statusOfPod(pod, fate)
  if (status)
    await cluster.rest.call('PATCH', `${path}/status`, { patch: 'merge', body: { status } })
}

/** Volumes first, as the scheduler does. */
async function bind(cluster: ClusterAccess, pod: KubeObject, node: KubeObject): Promise<void> {
  const { namespace, name } = pod.metadata
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (!persistentVolumeClaim) continue
    const claim = { namespace, name: persistentVolumeClaim.claimName }
    await provide(cluster, { claim, node: node.metadata.name, provisioner: PROVISIONER })
  }
  await cluster.rest.call('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
    // Nobody else may bind pods of tenants.
    as: 'system:kube-scheduler',
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace },
      target: { apiVersion: 'v1', kind: 'Node', name: node.metadata.name },
    },
  })
}

/** Deletes the volumes whose claims are gone, which is the provisioner's task. */
function reclaimVolumes({ rest }: ClusterAccess, { namespaces }: SimulatedNodesOptions): Following {
  return follow(rest, {
    path: '/api/v1/persistentvolumes',
    wanted: ({ metadata, spec }) =>
      metadata.annotations?.['pv.kubernetes.io/provisioned-by'] === PROVISIONER &&
      namespaces.test(spec.claimRef?.namespace ?? ''),
    async each({ metadata, spec, status }) {
      if (status.phase !== 'Released' || spec.persistentVolumeReclaimPolicy !== 'Delete') return
      if (metadata.deletionTimestamp) return
      await rest.call('DELETE', `/api/v1/persistentvolumes/${metadata.name}`)
    },
  })
}

async function remove({ rest }: ClusterAccess, path: string): Promise<void> {
  await rest.call('DELETE', path).catch(error => {
    if (!(error instanceof RestError && error.status === 404)) throw error
  })
}
