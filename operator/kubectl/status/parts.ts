import type { Pod, Workload } from '../objects.ts'
import { whyNotReady } from './why-pod.ts'

/** One workload of a stack. */
export interface Part {
  /** `Deployment ingest`. */
  name: string
  ready: number
  wanted: number
  /** Why it is not ready, or was not a short while ago; a sentence each. */
  why: string[]
}

export interface Workloads {
  deployments: readonly Workload[]
  statefulSets: readonly Workload[]
  /** CloudNativePG's. */
  clusters: readonly Workload[]
  jobs: readonly Workload[]
  pods: readonly Pod[]
}

export function partsOf(workloads: Workloads, now: number): Part[] {
  const { deployments, statefulSets, clusters, jobs, pods } = workloads
  const whyOf = (labels: Record<string, string>) => whyNot(pods, labels, now)
  return [
    ...deployments.map(each => replicated('Deployment', each, whyOf)),
    ...statefulSets.map(each => replicated('StatefulSet', each, whyOf)),
    ...clusters.map(each => instances(each, whyOf)),
    ...currentJobs(jobs).map(each => job(each, whyOf)),
  ]
}

type WhyOf = (labels: Record<string, string>) => string[]

function replicated(kind: string, { metadata, spec, status }: Workload, whyOf: WhyOf): Part {
  const labels = spec?.selector?.matchLabels ?? {}
  return {
    name: `${kind} ${metadata.name}`,
    ready: status?.readyReplicas ?? 0,
    wanted: spec?.replicas ?? 1,
    why: [...refused(status), ...whyOf(labels)],
  }
}

/** What keeps a Deployment from making pods at all: a quota, an admission policy. */
function refused(status: Workload['status']): string[] {
  const failure = status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
  return failure?.status === 'True' ? [`no pod can be made: ${failure.message ?? ''}`] : []
}

function instances({ metadata, spec, status }: Workload, whyOf: WhyOf): Part {
  const ready = status?.readyInstances ?? 0
  const wanted = spec?.instances ?? 1
  const phase = status?.phase
  const why = whyOf({ 'cnpg.io/cluster': metadata.name })
  return {
    name: `Cluster ${metadata.name}`,
    ready,
    wanted,
    why: ready < wanted && phase !== undefined ? [phase, ...why] : why,
  }
}

function job({ metadata, spec, status }: Workload, whyOf: WhyOf): Part {
  const failed = status?.conditions?.find(
    ({ type, status: is }) => type === 'Failed' && is === 'True',
  )
  const ready = status?.succeeded ?? 0
  const wanted = spec?.completions ?? 1
  const gaveUp = failed
    ? [`it was given up: ${failed.reason ?? ''} ${failed.message ?? ''}`.trim()]
    : []
  const why = ready < wanted ? whyOf({ 'batch.kubernetes.io/job-name': metadata.name }) : []
  return { name: `Job ${metadata.name}`, ready, wanted, why: [...gaveUp, ...why] }
}

/** Of each kind of Job the newest: the ones before it are history. */
function currentJobs(jobs: readonly Workload[]): Workload[] {
  const newest = new Map<string, Workload>()
  for (const each of [...jobs].sort(byCreation)) newest.set(familyOf(each), each)
  return [...newest.values()]
}

/** `prepare` of `prepare-5f3a`, `backup` of `backup-29412345`. */
function familyOf({ metadata }: Workload): string {
  return metadata.name.replace(/-[^-]*$/, '')
}

function byCreation({ metadata: a }: Workload, { metadata: b }: Workload): number {
  return (a.creationTimestamp ?? '') < (b.creationTimestamp ?? '') ? -1 : 1
}

function whyNot(pods: readonly Pod[], labels: Record<string, string>, now: number): string[] {
  const wanted = Object.entries(labels)
  if (wanted.length === 0) return []
  const own = pods.filter(({ metadata }) =>
    wanted.every(([name, value]) => metadata.labels?.[name] === value),
  )
  return own.flatMap(pod => whyNotReady(pod, now).map(why => `pod ${pod.metadata.name}: ${why}`))
}

export function isReady({ ready, wanted }: Part): boolean {
  return ready >= wanted
}
