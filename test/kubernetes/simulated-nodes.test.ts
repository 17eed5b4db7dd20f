import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import {
  type ClusterAccess,
  describeKubernetes,
  type KubeObject,
  type SimulatedNodes,
  sharedControlPlane,
  simulateNodes,
} from './index.ts'

const NAMESPACE = 'simulated-nodes'
const REGION = 'topology.kubernetes.io/region'

describeKubernetes('simulated nodes', () => {
  let cluster: ClusterAccess
  let nodes: SimulatedNodes

  beforeAll(async () => {
    cluster = await sharedControlPlane()
    nodes = await simulateNodes(cluster, {
      nodes: [
        { name: 'simulated-here', labels: { [REGION]: 'here' } },
        { name: 'simulated-there', labels: { [REGION]: 'there' } },
      ],
      namespaces: new RegExp(`^${NAMESPACE}$`),
      storageClasses: ['simulated'],
    })
    await cluster.kubectl(['create', 'namespace', NAMESPACE])
  })
  afterEach(() => nodes.decide(() => 'ready'))
  afterAll(() => nodes[Symbol.asyncDispose]())

  it('run the pods of a Deployment where its node affinity allows, and real controllers call it available', async () => {
    await apply(deployment('web', 'there'))
    await kubectl('wait', '--for=condition=Available', 'deployment/web', '--timeout=60s')
    const { items } = JSON.parse(await kubectl('get', 'pods', '-l', 'app=web', '-o', 'json'))
    expect(items.map(({ spec }: KubeObject) => spec.nodeName)).toEqual(['simulated-there'])
  })

  it('leave a pod pending that no node fits', async () => {
    await apply(deployment('lost', 'nowhere'), deployment('found', 'here'))
    await kubectl('wait', '--for=condition=Available', 'deployment/found', '--timeout=60s')
    const { items } = JSON.parse(await kubectl('get', 'pods', '-l', 'app=lost', '-o', 'json'))
    expect(items[0].spec.nodeName).toBeUndefined()
  })

  it('make pods unready, failed and ready again as they are told', async () => {
    nodes.decide(pod => (pod.metadata.labels.app === 'moody' ? 'unready' : 'failed'))
    await apply(deployment('moody', 'here'), job('moody'))
    await kubectl('wait', '--for=condition=Failed', 'job/moody', '--timeout=60s')
    await until(async () => (await get('deployment/moody')).status.unavailableReplicas === 1)
    nodes.decide(() => 'ready')
    await kubectl('wait', '--for=condition=Available', 'deployment/moody', '--timeout=60s')
  })

  it('complete the pods of a Job', async () => {
    await apply(job('once'))
    await kubectl('wait', '--for=condition=Complete', 'job/once', '--timeout=60s')
  })

  it('bind the claim of a StatefulSet to a volume that names the host, and reclaim it', async () => {
    await apply(statefulSet('store'))
    await kubectl('rollout', 'status', 'statefulset/store', '--timeout=60s')
    const claim = await get('persistentvolumeclaim/data-store-0')
    expect(claim.status.phase).toBe('Bound')
    const path = `/api/v1/persistentvolumes/${claim.spec.volumeName}`
    const { spec } = await cluster.rest.call('GET', path)
    expect(spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions).toEqual([
      { key: 'kubernetes.io/hostname', operator: 'In', values: ['simulated-here'] },
    ])
    await kubectl('delete', 'statefulset/store', 'persistentvolumeclaim/data-store-0')
    await until(() =>
      cluster.rest.call('GET', path).then(
        () => false,
        ({ status }) => status === 404,
      ),
    )
  })

  const kubectl = (...args: string[]) => cluster.kubectl([`--namespace=${NAMESPACE}`, ...args])
  const get = async (name: string) => JSON.parse(await kubectl('get', name, '-o', 'json'))
  const apply = (...objects: KubeObject[]) =>
    cluster.kubectl(['apply', '-f', '-'], { input: objects })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`cannot wait longer for ${holds}`)
    await sleep(50)
  }
}

function template(app: string, region: string, restartPolicy = 'Always') {
  const matchExpressions = [{ key: REGION, operator: 'In', values: [region] }]
  return {
    metadata: { labels: { app } },
    spec: {
      restartPolicy,
      containers: [{ name: 'main', image: 'none.invalid/none' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions }],
          },
        },
      },
    },
  }
}

const metadata = (name: string) => ({ name, namespace: NAMESPACE })
const selector = (app: string) => ({ matchLabels: { app } })

function deployment(name: string, region: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: { selector: selector(name), template: template(name, region) },
  }
}

function job(name: string): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(name),
    spec: { backoffLimit: 0, template: template(`job-${name}`, 'here', 'Never') },
  }
}

function statefulSet(name: string): KubeObject {
  const resources = { requests: { storage: '1Gi' } }
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'simulated', resources }
  const pod = template(name, 'here')
  const claims = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(name),
    spec: {
      serviceName: name,
      selector: selector(name),
      template: { ...pod, spec: { ...pod.spec, volumes: claims } },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }],
    },
  }
}
