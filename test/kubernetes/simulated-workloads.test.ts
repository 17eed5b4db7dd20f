import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ClusterAccess,
  type ControlPlane,
  describeKubernetes,
  type KubeObject,
  type SimulatedNodes,
  type SimulatedWorkloads,
  sharedControlPlane,
  simulateNodes,
  simulateWorkloads,
  startControlPlane,
} from './index.ts'

const NAMESPACE = 'simulated-workloads'
const namespaces = new RegExp(`^${NAMESPACE}$`)

describeKubernetes('simulated reports of workloads', () => {
  let cluster: ControlPlane
  let workloads: SimulatedWorkloads

  beforeAll(async () => {
    cluster = await startControlPlane({ name: 'workloads', controllers: 'basic' })
    await cluster.kubectl(['create', 'namespace', NAMESPACE])
    workloads = simulateWorkloads(cluster, {
      kinds: ['Deployment', 'StatefulSet', 'Job'],
      namespaces,
    })
  })
  afterAll(async () => {
    await workloads[Symbol.asyncDispose]()
    await cluster.stop()
  })

  it('let kubectl believe that a Deployment, a StatefulSet and a Job are done', async () => {
    await apply(deployment('web'), statefulSet('store'), job('once'))
    await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
    await kubectl('rollout', 'status', 'statefulset/store', '--timeout=60s')
    await kubectl('wait', '--for=condition=Complete', 'job/once', '--timeout=60s')
  })

  it('fail, stay unready and recover as they are told, also after a restart of the API server', async () => {
    workloads.decide(({ metadata }) => (metadata.name === 'slow' ? 'unready' : 'failed'))
    await apply(deployment('slow'), job('bad'))
    await kubectl('wait', '--for=condition=Failed', 'job/bad', '--timeout=60s')
    await kubectl('wait', '--for=condition=Available=False', 'deployment/slow', '--timeout=60s')
    await cluster.restartApiServer()
    workloads.decide(() => 'ready')
    await kubectl('wait', '--for=condition=Available', 'deployment/slow', '--timeout=60s')
  })

  const kubectl = (...args: string[]) => cluster.kubectl([`--namespace=${NAMESPACE}`, ...args])
  const apply = (...input: KubeObject[]) => cluster.kubectl(['apply', '-f', '-'], { input })
})

describeKubernetes('simulated CloudNativePG and cert-manager', () => {
  let cluster: ClusterAccess
  let workloads: SimulatedWorkloads | undefined
  let nodes: SimulatedNodes | undefined

  beforeAll(async () => {
    cluster = await sharedControlPlane()
    if (!(await cluster.installReferenceCrds())) return
    await cluster.kubectl(['create', 'namespace', NAMESPACE])
    workloads = simulateWorkloads(cluster, { kinds: ['Cluster', 'Certificate'], namespaces })
    const node = { name: 'simulated-for-clusters', labels: { region: 'here' } }
    nodes = await simulateNodes(cluster, { nodes: [node], namespaces, storageClasses: ['local'] })
  })
  afterAll(async () => {
    await workloads?.[Symbol.asyncDispose]()
    await nodes?.[Symbol.asyncDispose]()
  })

  it('a Cluster becomes ready, with bound claims and pods where its affinity says', async ctx => {
    ctx.skip(!workloads, 'there are no reference CRDs beside the project')
    await apply(postgresCluster('database'))
    await kubectl('wait', '--for=condition=Ready', 'cluster/database', '--timeout=60s')
    await kubectl('wait', '--for=condition=Ready', 'pod/database-1', '--timeout=60s')
    await kubectl('wait', '--for=jsonpath={.status.phase}=Bound', 'pvc/database-1')
  })

  it('a Certificate becomes ready, with a Secret that holds it', async ctx => {
    ctx.skip(!workloads, 'there are no reference CRDs beside the project')
    await apply({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: metadata('tls'),
      spec: { secretName: 'tls', dnsNames: ['acme.example'], issuerRef: { name: 'none' } },
    })
    await kubectl('wait', '--for=condition=Ready', 'certificate/tls', '--timeout=60s')
    expect(Object.keys(JSON.parse(await kubectl('get', 'secret/tls', '-o', 'json')).data)).toEqual([
      'ca.crt',
      'tls.crt',
      'tls.key',
    ])
  })

  const kubectl = (...args: string[]) => cluster.kubectl([`--namespace=${NAMESPACE}`, ...args])
  const apply = (...input: KubeObject[]) => cluster.kubectl(['apply', '-f', '-'], { input })
})

const metadata = (name: string) => ({ name, namespace: NAMESPACE })
const template = {
  metadata: { labels: { app: 'any' } },
  spec: { containers: [{ name: 'main', image: 'none.invalid/none' }] },
}
const selector = { matchLabels: { app: 'any' } }

const deployment = (name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(name),
  spec: { selector, template },
})

const statefulSet = (name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: metadata(name),
  spec: { selector, template, serviceName: name },
})

const job = (name: string): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: metadata(name),
  spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
})

const postgresCluster = (name: string): KubeObject => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind: 'Cluster',
  metadata: metadata(name),
  spec: {
    instances: 1,
    storage: { size: '1Gi', storageClass: 'local' },
    affinity: { nodeSelector: { region: 'here' } },
  },
})
