import type { Addresses } from '../../render/input.ts'
import type { BackupLocation } from '../../residency/backup-location.ts'
import type { ForeignSeen } from '../../residency/foreign.ts'
import type { KeptLedger } from '../../residency/ledger.ts'
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
  /** False while its API server does not answer: nothing is asked of it then. */
  isReachable(): boolean
  /** False until everything in it was listed once: nothing may be concluded from absence before. */
  isKnown(): boolean
  /** Who the operator is in that cluster; asked once. */
  userName?: string
  /** By host and address, when it was seen last. */
  readonly seenAddresses: Map<string, number>
  /** Set by the region's reconcile once its namespace and keys are there: tenants need them. */
  context?: RegionContext
  /** By tenant; goes with it. */
  readonly memories: Map<string, TenantMemory>
}

export interface RegionContext {
  authority: RegionAuthority
  /** Credentials that every tenant gets a copy of. */
  copies: Copy[]
  addresses: Addresses
  /** What the object store answered; absent: the Region has no backup. */
  backup?: BackupLocation
  /** Hosts that the edge leads somewhere. */
  routes: ReadonlySet<string>
  /** Absent: it works. */
  edgeProblem?: string
}

/** What need not be read again at every reconcile of a tenant. */
export interface TenantMemory {
  /** The Tenant that it is about: one that is made again starts anew. */
  uid: string | undefined
  ledger?: KeptLedger
  foreign?: ForeignSeen
}
