import type { Verdict } from '@platen/ledger'
import type { Observed } from '../cluster/observed.ts'
import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'
import type { BackupLocation } from './backup-location.ts'
import type { ForeignObject } from './foreign.ts'
import type { Places } from './places.ts'
import type { Commitment } from './rules.ts'

/** All that is looked at; what is undefined was not seen yet. */
export interface Sighting {
  region: Region
  tenant: Tenant
  /** Of the tenant's namespace, `platen.dev/` only. */
  annotations?: Readonly<Record<string, string>> | undefined
  /** Everything labelled as the tenant's. */
  objects: readonly Observed[]
  volume(name: string): Observed | undefined
  places: Places
  /** Names of the network policies that the operator renders there. */
  policies: ReadonlySet<string>
  /** What stands in the namespace and is not ours. */
  foreign?: readonly ForeignObject[] | undefined
  /** Where the object store says that the region's bucket is. */
  backup?: BackupLocation | undefined
  /** What the tenant's ledger says; undefined: there is no entry yet. */
  committed?: Commitment | undefined
  /** The verdict before, as the Tenant's status or its ledger has it. */
  before?: Verdict | undefined
}

export interface Finding {
  verdict: 'violated' | 'unknown'
  /** A sentence with what to do. The same finding has the same sentence every time. */
  message: string
}

/** What one part of the verification saw. */
export interface Seen {
  findings: Finding[]
  /** Places with how many were seen there. */
  places: Record<string, number>
}
