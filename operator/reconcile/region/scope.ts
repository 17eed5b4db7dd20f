import type { Cluster } from '../../cluster/cluster.ts'
import type { KubernetesObject } from '../../cluster/object.ts'
import type { Region, RegionStatus } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import type { Target } from '../apply.ts'
import type { Conditions } from '../conditions.ts'
import type { Reporter } from '../report.ts'
import type { RegionContext, RegionRuntime } from './runtime.ts'

/** What a reconcile of a Region starts with. */
export interface RegionScope {
  /** As the watch told it last, or as our own last write left it. */
  readonly region: Region
  readonly regions: readonly Region[]
  /** Those that belong to it, also while they are deleted. */
  readonly tenants: readonly Tenant[]
  readonly management: Cluster
  /** Connects to the region's cluster, or says why that cannot be. */
  connect(): Promise<Connected>
  /** Forgets the connection. */
  disconnect(): Promise<void>
  readonly now: Date
  readonly signal: AbortSignal
  readonly report: Reporter
  readonly conditions: Conditions
  readonly status: RegionStatus
  lookAgainAt: Date | undefined
  /** Tells the operator what the server answered to a write of the Region itself. */
  wrote(stored: KubernetesObject): void
  isGone: boolean
  /** Writes the status before the end, where a crash must not forget what was decided. */
  flush(): Promise<void>
}

export type Connected =
  /** `clusterId`: the uid of its namespace kube-system. */
  | { kind: 'connected'; runtime: RegionRuntime; clusterId: string }
  | {
      kind: 'refused' | 'missing' | 'invalid' | 'unreachable' | 'other' | 'unwatched' | 'syncing'
      message: string
    }

/** From the moment on that the region's cluster answers. */
export interface PlacedScope extends RegionScope {
  readonly runtime: RegionRuntime
  readonly target: Target
  /** `platen-region-NAME` */
  readonly namespace: string
  readonly labels: Record<string, string>
  /** Set by `credentials`: sentences. */
  missingCredentials: string[]
  /** Starts as the last reconcile left it; becomes the runtime's when all of it is there. */
  readonly next: Partial<RegionContext>
}
