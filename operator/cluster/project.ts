import { hash } from 'node:crypto'
import { GROUP, LABELS } from '../names.ts'
import { digestOwned } from './digest.ts'
import { type Containers, contentOf, type Pod, toldBy } from './facts-of-pods.ts'
import { factsOfCluster, factsOfDeployment, factsOfStatefulSet } from './facts-of-workloads.ts'
import { ownFields } from './managed-fields.ts'
import { type KubernetesObject, refOf } from './object.ts'
import type {
  ClaimFacts,
  Facts,
  NodeTerm,
  Observed,
  PodFacts,
  PolicyFacts,
  VolumeFacts,
} from './observed.ts'

/** What is kept of an object; pure. */
export function observe(object: KubernetesObject): Observed {
  const { uid = '', resourceVersion = '', deletionTimestamp, ...metadata } = object.metadata
  return {
    ref: refOf(object),
    uid,
    resourceVersion,
    digest: digestOwned(object),
    labels: those(metadata.labels, isRead),
    annotations: those(metadata.annotations, isOurs),
    deleting: deletionTimestamp !== undefined,
    facts: factsOf(object),
  }
}

const READ = new Set<string>([...Object.values(LABELS), 'cnpg.io/cluster'])
const isRead = (label: string) => READ.has(label)
const isOurs = (annotation: string) => annotation.startsWith(`${GROUP}/`)

const EMPTY: Record<string, string> = {}

/** Tens of thousands of these are kept: what nobody reads is not, nor an empty object each. */
function those(all: Record<string, string> | undefined, isKept: (name: string) => boolean) {
  const entries = Object.entries(all ?? EMPTY).filter(([name]) => isKept(name))
  return entries.length === 0 ? EMPTY : Object.fromEntries(entries)
}

const NONE: Facts = { kind: 'none' }

function factsOf(object: KubernetesObject): Facts {
  const { apiVersion, kind } = object
  const group = apiVersion.slice(0, apiVersion.indexOf('/') + 1)
  return FACTS[`${group}${kind}`]?.(object as never) ?? NONE
}

/** By group and kind: CloudNativePG is not alone in calling something a Cluster. */
const FACTS: Record<string, (object: never) => Facts> = {
  'apps/Deployment': factsOfDeployment,
  'apps/StatefulSet': factsOfStatefulSet,
  'postgresql.cnpg.io/Cluster': factsOfCluster,
  'postgresql.cnpg.io/Backup': factsOfBackup,
  'batch/Job': factsOfJob,
  'cert-manager.io/Certificate': factsOfCertificate,
  'networking.k8s.io/NetworkPolicy': factsOfPolicy,
  Pod: factsOfPod,
  PersistentVolumeClaim: factsOfClaim,
  PersistentVolume: factsOfVolume,
  Node: ({ metadata: { labels = {}, creationTimestamp = '' } }: KubernetesObject) => ({
    kind: 'node',
    labels,
    created: Date.parse(creationTimestamp) || 0,
  }),
  Namespace: ({ status }: { status?: { phase?: string } }) => ({
    kind: 'namespace',
    phase: status?.phase ?? 'Active',
  }),
  Secret: factsOfSecret,
}

interface Condition {
  type: string
  status: string
  reason?: string
}

interface WithConditions {
  status?: { conditions?: Condition[] }
}

const conditionOf = ({ status }: WithConditions, type: string) =>
  status?.conditions?.find(condition => condition.type === type)

const holds = (object: WithConditions, type: string) => conditionOf(object, type)?.status === 'True'

function factsOfJob(job: WithConditions): Facts {
  if (holds(job, 'Complete')) return { kind: 'job', state: 'succeeded' }
  return { kind: 'job', state: holds(job, 'Failed') ? 'failed' : 'running' }
}

/** @see https://cloudnative-pg.io/documentation/1.30/cloudnative-pg.v1/#backupstatus */
function factsOfBackup({ status }: { status?: { phase?: string } }): Facts {
  if (status?.phase === 'completed') return { kind: 'job', state: 'succeeded' }
  return { kind: 'job', state: status?.phase === 'failed' ? 'failed' : 'running' }
}

function factsOfCertificate(certificate: WithConditions): Facts {
  const ready = conditionOf(certificate, 'Ready')
  const reason = ready?.reason
  return {
    kind: 'certificate',
    ready: ready?.status === 'True',
    ...(reason === undefined ? {} : { reason }),
  }
}

interface PlacedPod extends Pod, WithConditions {
  spec?: Pod['spec'] & { nodeName?: string; affinity?: { nodeAffinity?: NodeAffinity } }
  status?: Containers & { phase?: string; conditions?: Condition[] }
}

interface NodeAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector
}

function factsOfPod(pod: PlacedPod): PodFacts {
  const { nodeName, affinity } = pod.spec ?? {}
  return {
    kind: 'pod',
    ...(nodeName === undefined ? {} : { node: nodeName }),
    phase: pod.status?.phase ?? 'Pending',
    ready: holds(pod, 'Ready'),
    affinity: termsOf(affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    ...contentOf(pod),
    ...toldBy(pod.status ?? {}),
  }
}

/** Lists of rules belong to one manager as a whole, so a rule of somebody else makes the whole list theirs. */
export function factsOfPolicy(policy: KubernetesObject): PolicyFacts {
  const own = ownFields(policy)['f:spec'] ?? {}
  const fields = Object.keys(policy.spec ?? {})
  return { kind: 'policy', ours: fields.every(name => `f:${name}` in own) }
}

interface NodeSelector {
  nodeSelectorTerms: { matchExpressions?: { key: string; operator: string; values?: string[] }[] }[]
}

function termsOf(selector: NodeSelector | undefined): NodeTerm[] {
  return (selector?.nodeSelectorTerms ?? []).map(({ matchExpressions = [] }) => ({
    requirements: matchExpressions.map(({ key, operator, values = [] }) => ({
      key,
      operator,
      values,
    })),
  }))
}

interface Claim extends KubernetesObject {
  spec?: {
    volumeName?: string
    storageClassName?: string
    dataSource?: object
    dataSourceRef?: object
    resources?: { requests?: { storage?: string } }
  }
  status?: { phase?: string }
}

function factsOfClaim({ metadata, spec = {}, status }: Claim): ClaimFacts {
  const { volumeName, storageClassName, dataSource, dataSourceRef, resources } = spec
  const requested = resources?.requests?.storage
  const byController = metadata.annotations?.['pv.kubernetes.io/bound-by-controller']
  return {
    kind: 'claim',
    phase: status?.phase ?? 'Pending',
    ...(volumeName ? { volume: volumeName } : {}),
    ...(storageClassName === undefined ? {} : { storageClass: storageClassName }),
    ...(requested === undefined ? {} : { requested }),
    dataSource: (dataSource ?? dataSourceRef) !== undefined,
    preset: Boolean(volumeName) && byController === undefined,
  }
}

interface Volume extends KubernetesObject {
  spec?: {
    claimRef?: { namespace: string; name: string }
    nodeAffinity?: { required?: NodeSelector }
  }
}

function factsOfVolume({ metadata, spec = {} }: Volume): VolumeFacts {
  const { claimRef, nodeAffinity } = spec
  return {
    kind: 'volume',
    ...(claimRef ? { claim: { namespace: claimRef.namespace, name: claimRef.name } } : {}),
    affinity: termsOf(nodeAffinity?.required),
    provisioned: metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== undefined,
  }
}

interface Secret {
  type?: string
  data?: Record<string, string>
}

/** Empty values count as missing keys. */
function factsOfSecret({ type = 'Opaque', data = {} }: Secret): Facts {
  const values = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    kind: 'secret',
    type,
    keys: values.flatMap(([key, value]) => (value === '' ? [] : [key])),
    content: hash('sha256', JSON.stringify(values)),
  }
}
