import type { Verdict } from '@platen/ledger'
import type { Addresses } from '../../render/input.ts'
import type { BackupLocation, BucketSeen } from '../../residency/backup-location.ts'
import type { ForeignSeen } from '../../residency/foreign.ts'
import type { PackedLedger } from '../../residency/ledger.ts'
import type { Places } from '../../residency/places.ts'
import type { Copy } from '../../secrets/copies.ts'
import type { RegionAuthority } from '../../secrets/region-authority.ts'
import type { Target } from '../apply.ts'

/** What the operator holds of a region in memory, from its first reconcile on. */
export interface RegionRuntime {
  /** The region's cluster. */
  readonly target: Target
  /** Where its nodes are. */
  readonly places: Places
  /** Unix time in milliseconds: the operator gets to know it since then; anew whenever it was away. */
  since: number
  /** False while its API server does not answer: nothing is asked of it then. */
  isReachable(): boolean
  /**
   * False until everything in it was listed once, while some of it cannot be watched, and while it may be another
   * cluster: nothing may be concluded from absence then.
   */
  isKnown(): boolean
  /** Who the operator is in that cluster; asked once. */
  userName?: string
  readonly seenAddresses: SeenAddresses
  /** Set by the region's reconcile once its namespace and keys are there: tenants need them. */
  context?: RegionContext
  /** By tenant; goes with it. */
  readonly memories: Map<string, TenantMemory>
}

/** By name, the addresses that it had, and when each was seen last, in Unix time in milliseconds. */
export type SeenAddresses = Map<string, Map<string, number>>

export interface RegionContext {
  authority: RegionAuthority
  /** Credentials that every tenant gets a copy of. */
  copies: Copy[]
  addresses: Addresses
  /** What the object store answered; absent: the Region has no backup. */
  backup?: BackupLocation
  /** What it said last, also when it does not answer now. */
  bucket?: BucketSeen
  /** Hosts that the edge leads somewhere. */
  routes: ReadonlySet<string>
  /** Absent: it works. */
  edgeProblem?: string
}

/** What need not be read again at every reconcile of a tenant. */
export interface TenantMemory {
  /** The Tenant that it is about: one that is made again starts anew. */
  uid: string | undefined
  ledger?: PackedLedger
  foreign?: ForeignSeen
  /** The last one. */
  verdict?: Verdict
  /** When it was violated first; milliseconds since 1970. */
  violatedAt?: number
  /** Since when something stands in the way of verifying; milliseconds since 1970. */
  hinderedAt?: number
}
