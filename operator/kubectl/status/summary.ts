import { ANNOTATIONS } from '../../names.ts'
import type { Condition } from '../../resources/condition.ts'
import type { Tenant, TenantStatus } from '../../resources/tenant.ts'
import type { LastReport } from '../api/last-report.ts'
import { unseenIn } from '../seen.ts'
import { type Happening, happeningsOf } from './events.ts'
import { type Part, partsOf } from './parts.ts'
import type { Sight } from './sight.ts'

/** How a tenant is: what `status -o json` prints. */
export interface Summary {
  tenant: string
  ready: Condition['status']
  /** Of the condition Ready; empty where it says nothing. */
  message: string
  suspended: boolean
  paused: boolean
  deleting: boolean
  country: string
  region?: string
  cluster?: string
  host?: string
  version?: string
  wantedVersion?: string
  residency: {
    verified: 'True' | 'False' | 'Unknown'
    sequence?: number
    head?: string
    at?: string
  }
  /** The latest, as the operator heard of it. */
  backup?: TenantStatus['backup']
  lastReport?: LastReport
  conditions: Condition[]
  parts: Part[]
  events: Happening[]
  /** What the rights or the network did not let be read, a sentence each. */
  notReadable: string[]
}

export function summaryOf(sight: Sight, now: number): Summary {
  const { stack, pods, events } = sight
  const { metadata } = sight.tenant
  const { deployments, statefulSets, clusters, jobs } = stack
  const workloads = {
    deployments: deployments.value ?? [],
    statefulSets: statefulSets.value ?? [],
    clusters: clusters.value ?? [],
    jobs: jobs.value ?? [],
    pods: pods.value ?? [],
  }
  const seen = Object.values(events).flatMap(({ value = [] }) => value)
  return {
    ...standing(sight.tenant),
    deleting: metadata.deletionTimestamp !== undefined,
    ...whereOf(sight),
    ...(sight.lastReport.value && { lastReport: sight.lastReport.value }),
    parts: partsOf(workloads, now),
    events: happeningsOf(seen),
    notReadable: notReadable(sight),
  }
}

/** What the Tenant itself says. */
export function standing({ metadata, spec, status = {} }: Tenant) {
  const { conditions = [], version, host, region, country } = status
  const ready = conditions.find(({ type }) => type === 'Ready')
  const paused = metadata.annotations?.[ANNOTATIONS.paused] ?? 'false'
  return {
    tenant: metadata.name,
    ready: ready?.status ?? 'Unknown',
    message: ready?.message ?? 'the operator has said nothing of it yet',
    suspended: spec.suspend === true,
    paused: paused !== 'false',
    country: country ?? spec.country,
    ...(region !== undefined && { region }),
    ...(host !== undefined && { host }),
    ...(version !== undefined && { version }),
    residency: status.residency ?? { verified: 'Unknown' as const },
    ...(status.backup && { backup: status.backup }),
    conditions,
  }
}

function whereOf({ tenant, region, cluster }: Sight) {
  const wanted = tenant.spec.version ?? region.value?.spec.images.version
  return {
    ...(wanted !== undefined && { wantedVersion: wanted }),
    ...(cluster.value !== undefined && { cluster: cluster.value }),
  }
}

function notReadable({ region, cluster, stack, pods, events, lastReport }: Sight): string[] {
  // Without the cluster all that is in it would say the same once more.
  const inCluster =
    cluster.value === undefined
      ? {}
      : { ...stack, pods, 'events in its namespace': events['in its namespace'] }
  return unseenIn({
    region,
    cluster,
    ...inCluster,
    'events of the tenant': events['of the tenant'],
    'last report': lastReport,
  })
}
