import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'
import type { Archive, ServedChain } from './served.ts'

/** All that the objects of a tenant depend on: the same input renders the same objects, to the byte. */
export interface TenantInput {
  region: Region
  tenant: Tenant
  /** The release to run: the Tenant's pin or the Region's, once the tenant's turn in the rollout has come. */
  version: string
  /** Revisions of the tenant's Secrets by name, as observed. A pod template carries those that its pods use. */
  secrets: Record<string, string>
  /** False closes the stack: no ingest runs, and the monitors' outboxes hold the data. */
  accepting: boolean
  /** True: the database is being brought back to an earlier time, and nothing that uses it runs. */
  restoring?: boolean
  /** CloudNativePG's Clusters. Absent: nothing was restored yet. */
  databases?: ServedChain
  /** The Cluster that CloudNativePG makes of a backup, as `spec.restore` asks; absent: none is being made. */
  recovery?: Recovery
  /** False: nothing is sent to the Region's object store, because it is not known to be where the Region says. */
  mayBackUp: boolean
  /** The object store's certificate is of an authority of its own, which stands in the copy of its credentials. */
  hasBackupAuthority?: boolean
  /** The newest entries of the residency ledger, oldest first, a line of JSON each. */
  ledger: string[]
  /** PEM of the keys that signed them, by key id. */
  ledgerKeys: Record<string, string>
  addresses: Addresses
  /** PEM of the region's own authorities, for monitors that enrol. Absent where an issuer signs the certificates. */
  certificateAuthority?: string
  /** The sizes that the database's volumes were asked to have, e.g. `20Gi`: none is rendered smaller. */
  volumes?: string[]
  /** The uid of the claim that holds the built-in database; absent: it is not there. */
  claim?: string
}

export interface Recovery {
  /** Name of the Cluster. */
  cluster: string
  from: Archive
  /** There is no Cluster yet that it takes the place of. */
  isFirst: boolean
}

/**
 * Where pods may go outside their namespace. A NetworkPolicy knows no names, so somebody has to look them up: what is
 * not found here cannot be reached.
 */
export interface Addresses {
  /** IP addresses by the host names of the Region's endpoints (backup, telemetry); names in the cluster need none. */
  hosts: Record<string, string[]>
  /** The API server of the region's cluster, as its EndpointSlice default/kubernetes says; CloudNativePG needs it. */
  apiServer: { ip: string; port: number }[]
}
