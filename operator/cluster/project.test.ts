import { expect, it } from 'vitest'
import type { KubernetesObject } from './object.ts'
import { observe } from './project.ts'

const factsOf = (apiVersion: string, kind: string, rest: object, metadata: object = {}) =>
  observe({ apiVersion, kind, metadata: { name: 'x', ...metadata }, ...rest } as KubernetesObject)
    .facts

const condition = (type: string, status: string, reason?: string) => ({
  status: { conditions: [{ type, status, reason }] },
})

it.each([
  {
    why: 'a Deployment whose controller has not seen the newest spec is not current',
    facts: factsOf(
      'apps/v1',
      'Deployment',
      {
        spec: { replicas: 2 },
        status: { observedGeneration: 1, readyReplicas: 2, updatedReplicas: 2 },
      },
      { generation: 2 },
    ),
    want: { kind: 'workload', desired: 2, ready: 2, updated: 2, current: false },
  },
  {
    why: 'a ready pod of the template before does not make the new template ready',
    facts: factsOf('apps/v1', 'Deployment', {
      spec: { replicas: 1 },
      status: { observedGeneration: 1, replicas: 2, readyReplicas: 1, updatedReplicas: 1 },
    }),
    want: { kind: 'workload', desired: 1, ready: 0, updated: 1, current: true },
  },
  {
    why: 'a Deployment that did not get ready in time has failed',
    facts: factsOf(
      'apps/v1',
      'Deployment',
      condition('Progressing', 'False', 'ProgressDeadlineExceeded'),
    ),
    want: { kind: 'workload', desired: 1, failed: 'ProgressDeadlineExceeded' },
  },
  {
    why: 'a Deployment whose pods exceed the quota has failed',
    facts: factsOf('apps/v1', 'Deployment', condition('ReplicaFailure', 'True', 'FailedCreate')),
    want: { failed: 'FailedCreate' },
  },
  {
    why: 'a StatefulSet of no replicas is ready as it is',
    facts: factsOf('apps/v1', 'StatefulSet', { spec: { replicas: 0 }, status: {} }),
    want: { kind: 'workload', desired: 0, ready: 0, updated: 0, current: true },
  },
  {
    why: 'a healthy Cluster is up to date',
    facts: factsOf('postgresql.cnpg.io/v1', 'Cluster', {
      spec: { instances: 3 },
      status: { phase: 'Cluster in healthy state', readyInstances: 3 },
    }),
    want: { desired: 3, ready: 3, updated: 3, current: true },
  },
  {
    why: 'a Cluster that is being upgraded is not',
    facts: factsOf('postgresql.cnpg.io/v1', 'Cluster', {
      spec: { instances: 3 },
      status: { phase: 'Upgrading cluster', readyInstances: 3 },
    }),
    want: { desired: 3, ready: 3, updated: 0, current: false },
  },
  {
    why: 'a hibernated Cluster wants no instances',
    facts: factsOf(
      'postgresql.cnpg.io/v1',
      'Cluster',
      { spec: { instances: 3 }, ...condition('cnpg.io/hibernation', 'True') },
      { annotations: { 'cnpg.io/hibernation': 'on' } },
    ),
    want: { desired: 0, ready: 0, current: true },
  },
  {
    why: 'a Cluster that needs somebody has failed',
    facts: factsOf('postgresql.cnpg.io/v1', 'Cluster', {
      status: { phase: 'Cluster is unrecoverable and needs manual intervention' },
    }),
    want: { failed: 'Cluster is unrecoverable and needs manual intervention' },
  },
  {
    why: 'a Cluster with a store archives',
    facts: factsOf('postgresql.cnpg.io/v1', 'Cluster', { spec: { backup: {} } }),
    want: { archives: true },
  },
  {
    why: 'a Cluster tells when its last backup ended',
    facts: factsOf('postgresql.cnpg.io/v1', 'Cluster', {
      status: { lastSuccessfulBackup: '2026-11-29T09:00:00Z' },
    }),
    want: { backedUpAt: '2026-11-29T09:00:00Z' },
  },
  ...[
    { phase: undefined, state: 'running' },
    { phase: 'walArchivingFailing', state: 'running' },
    { phase: 'completed', state: 'succeeded' },
    { phase: 'failed', state: 'failed' },
  ].map(({ phase, state }) => ({
    why: `a Backup that says ${phase} is ${state}`,
    facts: factsOf('postgresql.cnpg.io/v1', 'Backup', { status: { phase } }),
    want: { kind: 'job', state },
  })),
  {
    why: "another operator's Cluster says nothing to us",
    facts: factsOf('cluster.x-k8s.io/v1', 'Cluster', {}),
    want: { kind: 'none' },
  },
  {
    why: 'a Job runs until it says otherwise',
    facts: factsOf('batch/v1', 'Job', { status: { succeeded: 1 } }),
    want: { kind: 'job', state: 'running' },
  },
  {
    why: 'a Job succeeds by its condition',
    facts: factsOf('batch/v1', 'Job', condition('Complete', 'True')),
    want: { kind: 'job', state: 'succeeded' },
  },
  {
    why: 'a Job fails by its condition',
    facts: factsOf('batch/v1', 'Job', condition('Failed', 'True')),
    want: { kind: 'job', state: 'failed' },
  },
  {
    why: 'a pod without a node is pending and not ready',
    facts: factsOf('v1', 'Pod', {}),
    want: { kind: 'pod', phase: 'Pending', ready: false, affinity: [], containers: '' },
  },
  {
    why: 'a pod tells who made it, what runs in it, and what was put into it later',
    facts: factsOf(
      'v1',
      'Pod',
      {
        spec: {
          initContainers: [{ name: 'first' }],
          containers: [{ name: 'a' }, { name: 'b' }],
          ephemeralContainers: [{ name: 'debugger' }],
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'away', csi: { driver: 'nfs.csi.k8s.io' } },
          ],
        },
      },
      {
        ownerReferences: [
          { kind: 'Tenant', name: 'x' },
          { kind: 'ReplicaSet', name: 'api-1', controller: true },
        ],
      },
    ),
    want: { owner: 'ReplicaSet/api-1', containers: 'first,a,b', entered: true, volume: 'csi' },
  },
  {
    why: 'a restore that is tried again tells what stood in the way of the try before',
    facts: factsOf('v1', 'Pod', {
      status: {
        initContainerStatuses: [
          { name: 'restore', state: { waiting: {} }, lastState: ended('failed a no answer\n') },
        ],
        containerStatuses: [{ name: 'backup', state: ended('killed') }],
      },
    }),
    want: { told: 'failed a no answer' },
  },
  {
    why: 'a Job tells which backup was made; one that was tried before tells nothing',
    facts: factsOf('v1', 'Pod', {
      status: {
        containerStatuses: [{ name: 'backup', state: ended('made'), lastState: ended('before') }],
      },
    }),
    want: { told: 'made' },
  },
  {
    why: 'only the required affinity of a pod holds it in its country',
    facts: factsOf('v1', 'Pod', {
      spec: {
        nodeName: 'n',
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'region', operator: 'In', values: ['de'] }] },
                { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['abroad'] }] },
              ],
            },
          },
        },
      },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    }),
    want: {
      node: 'n',
      phase: 'Running',
      ready: true,
      affinity: [
        { requirements: [{ key: 'region', operator: 'In', values: ['de'] }] },
        { requirements: [] },
      ],
    },
  },
  {
    why: 'a claim that was bound by hand is preset',
    facts: factsOf('v1', 'PersistentVolumeClaim', {
      spec: { volumeName: 'pv', storageClassName: '', dataSourceRef: { kind: 'VolumeSnapshot' } },
      status: { phase: 'Bound' },
    }),
    want: { phase: 'Bound', volume: 'pv', storageClass: '', dataSource: true, preset: true },
  },
  {
    why: 'a claim that the controller bound is not',
    facts: factsOf(
      'v1',
      'PersistentVolumeClaim',
      { spec: { volumeName: 'pv' } },
      { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
    ),
    want: { dataSource: false, preset: false },
  },
  {
    why: 'a volume tells whose it is, where it can be, and that a provisioner made it',
    facts: factsOf(
      'v1',
      'PersistentVolume',
      {
        spec: {
          claimRef: { namespace: 'a', name: 'b', uid: 'c' },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'h', operator: 'Exists' }] }],
            },
          },
        },
      },
      { annotations: { 'pv.kubernetes.io/provisioned-by': 'local' } },
    ),
    want: {
      claim: { namespace: 'a', name: 'b' },
      affinity: [{ requirements: [{ key: 'h', operator: 'Exists', values: [] }] }],
      provisioned: true,
    },
  },
  {
    why: 'a Certificate that is not ready says why',
    facts: factsOf(
      'cert-manager.io/v1',
      'Certificate',
      condition('Ready', 'False', 'DoesNotExist'),
    ),
    want: { kind: 'certificate', ready: false, reason: 'DoesNotExist' },
  },
  {
    why: 'a namespace that is going says so',
    facts: factsOf('v1', 'Namespace', { status: { phase: 'Terminating' } }),
    want: { kind: 'namespace', phase: 'Terminating' },
  },
  {
    why: 'a node is known by its labels, and by its age, before it has any',
    facts: factsOf(
      'v1',
      'Node',
      { status: { addresses: [] } },
      { labels: { a: 'b' }, creationTimestamp: '1970-01-01T00:00:02Z' },
    ),
    want: { kind: 'node', labels: { a: 'b' }, created: 2_000 },
  },
  {
    why: 'an empty value of a Secret counts as missing',
    facts: factsOf('v1', 'Secret', { type: 'Opaque', data: { b: 'eA==', a: '' } }),
    want: { kind: 'secret', type: 'Opaque', keys: ['b'] },
  },
])('$why', ({ facts, want }) => {
  expect(facts).toMatchObject(want)
})

it("a Secret's content is the same whatever the order of its keys, and not when a value changes", () => {
  const content = (data: object) => {
    const facts = factsOf('v1', 'Secret', { data })
    return facts.kind === 'secret' ? facts.content : undefined
  }
  expect(content({ a: '1', b: '2' })).toBe(content({ b: '2', a: '1' }))
  expect(content({ a: '1', b: '2' })).not.toBe(content({ a: '1', b: '3' }))
})

it('keeps the annotations of ours alone', () => {
  const metadata = { name: 'x', annotations: { 'platen.dev/revision': '1', 'their.dev/x': '2' } }
  const { annotations } = observe({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
  expect(annotations).toEqual({ 'platen.dev/revision': '1' })
})

function ended(message: string) {
  return { terminated: { message } }
}
