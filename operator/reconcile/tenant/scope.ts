import type { Cluster } from '../../cluster/cluster.ts'
import type { KubernetesObject } from '../../cluster/object.ts'
import { tenantNamespace } from '../../names.ts'
import type { Recovery } from '../../render/input.ts'
import { FIRST, type ServedChain } from '../../render/served.ts'
import type { Region } from '../../resources/region.ts'
import type { Tenant, TenantStatus } from '../../resources/tenant.ts'
import type { Target } from '../apply.ts'
import type { Conditions } from '../conditions.ts'
import type { RegionContext, RegionRuntime } from '../region/runtime.ts'
import type { Reporter } from '../report.ts'
import type { Moving } from '../rollout.ts'
import type { Stack } from './stack.ts'

/** What a reconcile of a Tenant starts with. */
export interface TenantScope {
  /** As the watch told it last, or as our own last write left it. */
  readonly tenant: Tenant
  /** Of all Regions, the same way. */
  readonly regions: readonly Region[]
  /** Unix time in milliseconds: this operator works since then. */
  readonly since: number
  readonly management: Cluster
  runtimeOf(region: string): RegionRuntime | undefined
  /** Regions, other than this one, for which a namespace of this tenant was made, as their clusters tell. */
  seenElsewhere(region: Region | undefined): string[]
  /** How far the tenants of a region are. */
  moving(region: string): Moving[]
  /** Takes a slot of the rollout, before the status can tell it. */
  claim(): void
  readonly now: Date
  /** Ends after the deadline of the reconcile, or when the operator stops. */
  readonly signal: AbortSignal
  readonly report: Reporter
  /** Start as they are stored; each phase sets its own. */
  readonly conditions: Conditions
  /** Starts as it is stored; written once at the end. */
  readonly status: TenantStatus
  /** When to look again at the latest; phases only make it sooner. */
  lookAgainAt: Date | undefined
  /** Set by `deletion`: the finalizer was given up, so there is nothing to write a status to. */
  isGone: boolean
  /** Tells the operator what the server answered to a write of the Tenant itself. */
  wrote(stored: KubernetesObject): void
  /** Writes the status before the end, where a crash must not forget what was decided. */
  flush(): Promise<void>
}

/** From the moment on that the tenant has a region whose cluster answers. */
export interface StackScope extends TenantScope {
  readonly region: Region
  readonly runtime: RegionRuntime
  readonly context: RegionContext
  /** The region's cluster. */
  readonly target: Target
  readonly namespace: string
  /** Set by `residency`: false closes the stack. */
  accepting: boolean
  /** Set by `residency`: nothing of the stack may be applied, because it could be moved by that. */
  frozen: boolean
  /** Set by `residency`: the newest lines of the ledger. */
  ledger: string[]
  /** Set by `residency`: where the database runs and keeps its data is inside the region. */
  placeVerified: boolean
  /** Set by `secrets`. */
  secrets: Record<string, string>
  /** Set by `restore`: what uses the database is being ended, or it is, and the database is brought back. */
  restoring: 'closing' | 'closed' | undefined
  /** Set by `namespace`: CloudNativePG's Clusters, as its annotation remembers them. */
  databases: ServedChain
  /** Set by `restore`: the Cluster that is being made of a backup. */
  recovery: Recovery | undefined
  /** Set by `turn`: the version to render. */
  version: string
  /** Set by `turn`: what the status's revision is once the workloads are applied. */
  revision: string
  /** Set by `turn`: the pods have to change and may not yet. */
  held: boolean
  /** Set by `turn`. */
  stack: Stack
  /** Set by `database`. */
  databaseReady: boolean
  /** Set by `prepare`: migrations of this version have run. */
  prepared: boolean
}

/** Undefined: the region's cluster does not answer, or its own reconcile has not got far enough. */
export function stackScope(s: TenantScope, region: Region): StackScope | undefined {
  const runtime = s.runtimeOf(region.metadata.name)
  if (!runtime?.isReachable() || !runtime.isKnown() || !runtime.context) return undefined
  return Object.assign(s, {
    region,
    runtime,
    context: runtime.context,
    target: runtime.target,
    namespace: tenantNamespace(s.tenant.metadata.name),
    accepting: true,
    frozen: false,
    ledger: [],
    placeVerified: false,
    restoring: undefined,
    databases: FIRST,
    recovery: undefined,
    secrets: {},
    version: s.status.version ?? region.spec.images.version,
    revision: '',
    held: false,
    stack: NOTHING,
    databaseReady: false,
    prepared: false,
  })
}

const NOTHING: Stack = {
  foundation: [],
  ledger: [],
  database: [],
  prepare: [],
  ingest: [],
  api: [],
  periodic: [],
}
