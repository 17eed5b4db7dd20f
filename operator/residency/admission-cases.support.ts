import type { KubernetesObject } from '../cluster/object.ts'
import { ANNOTATIONS, LABELS } from '../names.ts'
import {
  binding,
  claim,
  cronJob,
  daemonSet,
  deployment,
  grant,
  home,
  ingress,
  inPlace,
  job,
  open,
  pod,
  required,
  route,
  service,
  snapshot,
} from './admission.support.ts'
import { LABEL } from './residency.support.ts'

export const OPERATOR = 'system:serviceaccount:platen-admission:operator'
export const SCHEDULER = 'system:kube-scheduler'
export const BINDER = 'system:serviceaccount:kube-system:persistent-volume-binder'
export const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller'
export const CNPG = 'system:serviceaccount:cnpg-system:cnpg-manager'
export const SOMEBODY = 'anna'
export const NAMESPACE = 'tenant-admission'

interface Case {
  why: string
  object: KubernetesObject
  as?: string
}

/** `says`: what the refusal contains. */
export const REFUSED: (Case & { says: string })[] = [
  {
    why: 'A pod without affinity runs anywhere.',
    object: pod({}),
    says: 'require node affinity topology.kubernetes.io/region in (eu-de)',
  },
  {
    why: 'A pod that requires another place runs there.',
    object: pod({ affinity: required(inPlace('us-east')) }),
    says: 'could run outside',
  },
  {
    why: 'A list of places holds others.',
    object: pod({ affinity: required(inPlace('eu-de', 'us-east')) }),
    says: 'could run outside',
  },
  {
    why: 'Terms are alternatives: each must name the place.',
    object: pod({
      affinity: required(inPlace('eu-de'), {
        matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }],
      }),
    }),
    says: 'could run outside',
  },
  {
    why: 'NotIn names where not to be.',
    object: pod({
      affinity: required({
        matchExpressions: [{ key: LABEL, operator: 'NotIn', values: ['eu-de'] }],
      }),
    }),
    says: 'could run outside',
  },
  {
    why: 'Preferred is not required.',
    object: pod({
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: inPlace('eu-de') },
          ],
        },
      },
    }),
    says: 'could run outside',
  },
  {
    why: 'A node chosen by hand is not checked by the scheduler.',
    object: pod({ affinity: home, nodeName: 'anywhere' }),
    says: 'spec.nodeName goes past the scheduler',
  },
  {
    why: "Not even the operator's own mistakes get past.",
    object: pod({}),
    as: OPERATOR,
    says: 'could run outside',
  },
  {
    why: 'A pod of nobody knows is not watched.',
    object: pod({ affinity: home }, 'other'),
    says: 'pods carry the label',
  },
  {
    why: 'A volume of a driver is kept wherever the driver keeps it.',
    object: pod({
      affinity: home,
      volumes: [
        { name: 'tmp', emptyDir: {} },
        { name: 'away', csi: { driver: 'nfs.csi.k8s.io' } },
      ],
    }),
    says: 'a volume that could be anywhere',
  },
  {
    why: 'A pod that nobody but its maker knows is not verified.',
    object: pod({ affinity: home }),
    as: SOMEBODY,
    says: 'only controllers make pods',
  },
  {
    why: 'Not even the operator makes pods itself.',
    object: pod({ affinity: home }),
    as: OPERATOR,
    says: 'only controllers make pods',
  },
  ...[deployment, daemonSet, job, cronJob].map(one => ({
    why: `A ${one.kind} of somebody else makes such pods.`,
    object: one,
    says: 'only the operator makes what runs in it',
  })),
  {
    why: 'A snapshot is kept where nobody looks.',
    object: snapshot,
    as: CNPG,
    says: 'nobody verified where it is kept',
  },
  ...[ingress, route, grant].map(one => ({
    why: `An ${one.kind} leads around the edge.`,
    object: one,
    as: OPERATOR,
    says: "around the region's edge",
  })),
  { why: 'Only the scheduler binds.', object: binding, says: 'only the scheduler' },
  {
    why: 'A clone brings data from a volume.',
    object: claim({ dataSource: { kind: 'PersistentVolumeClaim', name: 'c' } }),
    says: 'it copies a volume',
  },
  {
    why: 'A restored snapshot brings data from elsewhere.',
    object: claim({
      dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' },
    }),
    says: 'it copies a volume or snapshot',
  },
  {
    why: 'A chosen volume may be anywhere.',
    object: claim({ volumeName: 'abroad' }),
    says: 'spec.volumeName takes a volume',
  },
  {
    why: 'A selector chooses a volume, too.',
    object: claim({ selector: { matchLabels: { a: 'b' } } }),
    says: 'spec.selector takes volumes',
  },
  {
    why: 'Another StorageClass makes volumes elsewhere.',
    object: claim({ storageClassName: 'cheap' }),
    says: 'StorageClass local, which keeps them',
  },
  {
    why: 'A policy of somebody else opens a way out.',
    object: open,
    says: 'only the operator does',
  },
  {
    why: 'A NodePort leads around the edge.',
    object: service({ type: 'NodePort' }),
    says: "around the region's edge",
  },
  {
    why: 'An external name leads abroad under an own name.',
    object: service({ type: 'ExternalName', externalName: 'abroad.example', ports: [] }),
    says: 'cannot make this Service',
  },
  {
    why: 'External addresses catch traffic of others.',
    object: service({ externalIPs: ['192.0.2.1'] }),
    says: 'cannot make this Service',
  },
]

export const ALLOWED: Case[] = [
  { why: 'A pod of the region is what tenants run.', object: pod({ affinity: home }) },
  {
    why: 'More requirements only narrow it.',
    object: pod({
      affinity: required({
        matchExpressions: [
          ...inPlace('eu-de').matchExpressions,
          { key: 'disk', operator: 'Exists' },
        ],
      }),
    }),
  },
  {
    why: "The region's StorageClass keeps volumes in it.",
    object: { ...claim({}), metadata: { name: 'another' } },
  },
  {
    why: 'What comes and goes with the pod, and claims, which are verified.',
    object: pod({
      affinity: home,
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', configMap: { name: 'b' } },
        { name: 'c', secret: { secretName: 'c' } },
        { name: 'd', persistentVolumeClaim: { claimName: 'd' } },
        { name: 'e', projected: { sources: [] } },
        { name: 'f', downwardAPI: {} },
      ],
    }),
  },
  {
    why: 'CloudNativePG makes the pods of databases.',
    object: pod({ affinity: home }),
    as: CNPG,
  },
  { why: 'It also makes jobs.', object: job, as: CNPG },
  { why: 'So does the schedule of a CronJob.', object: job, as: BINDER },
  { why: 'The operator makes what runs.', object: deployment, as: OPERATOR },
  { why: 'The operator draws the policies.', object: open, as: OPERATOR },
  { why: 'A Service inside the cluster opens nothing.', object: service({}) },
  { why: 'The scheduler binds.', object: binding, as: SCHEDULER },
]

interface Change {
  why: string
  /** `Kind/name` */
  path: string
  /** RFC 7396; absent: it is deleted. */
  body?: object
  as?: string
  /** Undefined: it is done. */
  says: string | undefined
}

export const CHANGES: Change[] = [
  {
    why: "A namespace's tenant never changes.",
    path: `Namespace/${NAMESPACE}`,
    body: { metadata: { labels: { [LABELS.tenant]: 'other' } } },
    says: 'cannot change this namespace',
  },
  {
    why: 'Taking the label away would lift the rules.',
    path: `Namespace/${NAMESPACE}`,
    body: { metadata: { labels: { [LABELS.region]: null } } },
    says: 'cannot change this namespace',
  },
  {
    why: 'The country is remembered there.',
    path: `Namespace/${NAMESPACE}`,
    body: { metadata: { annotations: { [ANNOTATIONS.country]: 'US' } } },
    says: 'cannot change this namespace',
  },
  {
    why: 'Other labels are free.',
    path: `Namespace/${NAMESPACE}`,
    body: { metadata: { labels: { team: 'a' } } },
    says: undefined,
  },
  {
    why: 'The operator may.',
    path: `Namespace/${NAMESPACE}`,
    body: { metadata: { annotations: { [ANNOTATIONS.country]: 'DE' } } },
    as: OPERATOR,
    says: undefined,
  },
  {
    why: 'What runs in a pod cannot be exchanged.',
    path: 'Pod/bound',
    body: { spec: { containers: [{ name: 'c', image: 'none.invalid/other' }] } },
    says: 'cannot change what runs here',
  },
  {
    why: 'Labels of a pod are free.',
    path: 'Pod/bound',
    body: { metadata: { labels: { team: 'a' } } },
    says: undefined,
  },
  {
    why: 'Nor can what the next pods are made of.',
    path: 'ReplicaSet/old',
    body: { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } } },
    says: 'cannot change what runs here',
  },
  {
    why: 'A Deployment scales it.',
    path: 'ReplicaSet/old',
    body: { spec: { replicas: 1 } },
    as: CONTROLLER,
    says: undefined,
  },
  {
    why: 'A volume cannot be chosen afterwards.',
    path: 'PersistentVolumeClaim/c',
    body: { spec: { volumeName: 'abroad' } },
    says: 'spec.volumeName takes a volume',
  },
  {
    why: 'The control plane binds claims.',
    path: 'PersistentVolumeClaim/c',
    body: { spec: { volumeName: 'pv' } },
    as: BINDER,
    says: undefined,
  },
  {
    why: 'A claim from before the rules can still end.',
    path: 'PersistentVolumeClaim/old',
    body: { metadata: { finalizers: null } },
    says: undefined,
  },
  {
    why: 'Changing a policy opens a way as well.',
    path: 'NetworkPolicy/default-deny',
    body: { spec: { egress: [{}] } },
    says: 'only the operator does',
  },
  {
    why: 'So does deleting it.',
    path: 'NetworkPolicy/default-deny',
    says: 'only the operator does',
  },
  {
    why: 'A namespace that ends takes its policies along.',
    path: 'NetworkPolicy/default-deny',
    as: BINDER,
    says: undefined,
  },
  {
    why: 'What somebody put there before the rules can be taken away.',
    path: 'NetworkPolicy/foreign',
    says: undefined,
  },
  {
    why: "Also what carries the tenant's label, and is not what the operator takes away itself.",
    path: 'NetworkPolicy/labelled',
    says: undefined,
  },
  {
    why: 'It cannot be opened.',
    path: 'NetworkPolicy/foreign',
    body: { spec: { egress: [{}] } },
    says: 'only the operator does',
  },
]
