import { ANNOTATIONS } from '../../names.ts'
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import type { ConfigMap, ContainerStatus, Meta, Pod, Workload } from '../objects.ts'

/**
 * What a report tells of each kind: the fields named here and no others. What is new in a kind, or what somebody put into an
 * annotation, a label, an environment variable or an argument, does not get in by itself.
 */

export function describeTenant({ metadata, spec, status }: Tenant) {
  const { displayName: _name, sites, api, ...rest } = spec
  const { country, regionRef, size, resources, retention, suspend, deletionPolicy, version } = rest
  return {
    ...meta(metadata),
    annotations: Object.keys(metadata.annotations ?? {}),
    generation: metadata.generation,
    spec: {
      country,
      regionRef,
      size,
      resources,
      retention,
      suspend,
      deletionPolicy,
      version,
      sites: (sites ?? []).length,
      oidc: api?.oidc !== undefined,
    },
    status: status && statusOf(status),
  }
}

function statusOf(status: NonNullable<Tenant['status']>) {
  const { observedGeneration, conditions, country, region, namespace, version, revision } = status
  const { backup, restore, residency, handledRotation } = status
  return {
    observedGeneration,
    conditions,
    country,
    region,
    namespace,
    version,
    revision,
    residency,
    backup,
    restore,
    handledRotation,
  }
}

export function describeRegion({ metadata, spec, status = {} }: Region) {
  const { countries, domain, placement, database, edge, rollout, images, backup } = spec
  const { annotations, ...entrance } = edge ?? {}
  return {
    ...meta(metadata),
    annotations: Object.keys(metadata.annotations ?? {}),
    generation: metadata.generation,
    spec: {
      countries,
      domain,
      placement,
      database,
      rollout,
      hasOwnCluster: spec.cluster !== undefined,
      edge: { ...entrance, annotations: Object.keys(annotations ?? {}) },
      images: { registry: images.registry, version: images.version },
      issuer: spec.certificates?.issuerRef?.kind,
      telemetry: spec.telemetry !== undefined,
      backup: backup && {
        location: backup.location,
        schedule: backup.schedule,
        retentionDays: backup.retentionDays,
      },
    },
    status: {
      observedGeneration: status.observedGeneration,
      conditions: status.conditions,
      tenants: status.tenants,
      clusterId: status.clusterId,
      ledgerKeys: status.ledgerKeys?.map(({ id, since }) => ({ id, since })),
      backupLocation: status.backup?.location,
    },
  }
}

function meta({ name, uid, creationTimestamp, deletionTimestamp }: Meta) {
  return { name, uid, creationTimestamp, deletionTimestamp }
}

export function describeWorkload({ kind, metadata, spec, status = {} }: Workload) {
  const { replicas, instances, completions } = spec ?? {}
  const { readyReplicas, readyInstances, succeeded, failed, phase, conditions } = status
  return {
    kind,
    ...meta(metadata),
    wanted: { replicas, instances, completions },
    status: {
      readyReplicas,
      readyInstances,
      succeeded,
      failed,
      phase,
      conditions: conditions?.map(said),
    },
  }
}

interface Said {
  type: string
  status: string
  reason?: string
  message?: string
}

function said({ type, status, reason, message }: Said): Said {
  return {
    type,
    status,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  }
}

export function describePod({ metadata, spec, status = {} }: Pod) {
  return {
    ...meta(metadata),
    revision: metadata.annotations?.[ANNOTATIONS.revision],
    node: spec?.nodeName,
    phase: status.phase,
    reason: status.reason,
    message: status.message,
    conditions: status.conditions?.map(said),
    initContainers: status.initContainerStatuses?.map(describeContainer),
    containers: status.containerStatuses?.map(describeContainer),
  }
}

function describeContainer({
  name,
  ready,
  restartCount,
  image,
  state,
  lastState,
}: ContainerStatus) {
  return { name, ready, restartCount, image, state: stateOf(state), lastState: stateOf(lastState) }
}

function stateOf(state: ContainerStatus['state']) {
  const { waiting, running, terminated } = state ?? {}
  return {
    ...(waiting && { waiting: { reason: waiting.reason, message: waiting.message } }),
    ...(running && { running: { startedAt: running.startedAt } }),
    ...(terminated && {
      terminated: {
        reason: terminated.reason,
        exitCode: terminated.exitCode,
        signal: terminated.signal,
        finishedAt: terminated.finishedAt,
      },
    }),
  }
}

export interface Quota {
  metadata: Meta
  status?: { hard?: Record<string, string>; used?: Record<string, string> }
}

export function describeQuota({ metadata, status }: Quota) {
  return { name: metadata.name, hard: status?.hard, used: status?.used }
}

export interface ClaimSeen {
  metadata: Meta
  spec?: {
    storageClassName?: string
    volumeName?: string
    resources?: { requests?: Record<string, string> }
  }
  status?: { phase?: string; capacity?: Record<string, string> }
}

export function describeClaim({ metadata, spec, status }: ClaimSeen) {
  return {
    ...meta(metadata),
    storageClassName: spec?.storageClassName,
    volume: spec?.volumeName,
    wanted: spec?.resources?.requests?.storage,
    capacity: status?.capacity?.storage,
    phase: status?.phase,
  }
}

/** Never what is in it. */
export function describeConfigMap({ metadata, data = {} }: ConfigMap) {
  return { name: metadata.name, keys: Object.keys(data).length }
}

export interface Named {
  metadata: Meta
}

export function describeName({ metadata }: Named): string {
  return metadata.name
}

export interface ServiceSeen {
  metadata: Meta
  spec?: { type?: string; ports?: { name?: string; port: number; nodePort?: number }[] }
  status?: { loadBalancer?: { ingress?: unknown[] } }
}

export function describeService({ metadata, spec, status }: ServiceSeen) {
  return {
    name: metadata.name,
    type: spec?.type,
    ports: spec?.ports?.map(({ name, port, nodePort }) => ({ name, port, nodePort })),
    hasExternalAddress: (status?.loadBalancer?.ingress ?? []).length > 0,
  }
}

export interface NodeSeen {
  metadata: Meta
  spec?: { unschedulable?: boolean; taints?: { key: string; effect: string }[] }
  status?: {
    conditions?: Said[]
    allocatable?: Record<string, string>
    nodeInfo?: Record<string, string>
  }
}

const NODE_LABELS = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'kubernetes.io/arch',
  'node.kubernetes.io/instance-type',
]

export function describeNode({ metadata, spec, status }: NodeSeen) {
  const { kubeletVersion, containerRuntimeVersion, osImage, kernelVersion } = status?.nodeInfo ?? {}
  const labels = NODE_LABELS.map(name => [name, metadata.labels?.[name]])
  return {
    ...meta(metadata),
    labels: Object.fromEntries(labels),
    unschedulable: spec?.unschedulable,
    taints: spec?.taints?.map(({ key, effect }) => ({ key, effect })),
    conditions: status?.conditions?.map(said),
    allocatable: status?.allocatable,
    versions: { kubeletVersion, containerRuntimeVersion, osImage, kernelVersion },
  }
}
