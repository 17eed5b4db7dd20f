/** Labels, annotations and names that other rooms, charts and people rely on. */

export const GROUP = 'platen.dev'

export const LABELS = {
  managedBy: 'app.kubernetes.io/managed-by',
  name: 'app.kubernetes.io/name',
  component: 'app.kubernetes.io/component',
  partOf: 'app.kubernetes.io/part-of',
  tenant: 'platen.dev/tenant',
  region: 'platen.dev/region',
} as const

export const MANAGED_BY = 'platen-operator'

export const ANNOTATIONS = {
  /** On the tenant's namespace and its data: which Tenant they were made for. */
  tenantUid: 'platen.dev/tenant-uid',
  /** On the tenant's namespace: what must never change. */
  country: 'platen.dev/country',
  region: 'platen.dev/region',
  /** On the tenant's namespace: the Region that the Tenant names itself, which it may not leave out any more. */
  regionRef: 'platen.dev/region-ref',
  /** On the tenant's namespace: CloudNativePG's Clusters that held its data, one after another; the last one serves. */
  databases: 'platen.dev/databases',
  /** On a Secret: changes when its content was made anew. On a pod template: makes its pods follow. */
  revision: 'platen.dev/revision',
  /** On a Tenant or Region: any value but "false" stops reconciling it. */
  paused: 'platen.dev/paused',
  /** On a Tenant: a comma-separated list of secrets to make anew, or "all"; with a new value it is done again. */
  rotate: 'platen.dev/rotate',
  /** On a Tenant: asks for a backup now; with a new value for another one. */
  backup: 'platen.dev/backup',
  /** On what is left after a deletion with `Retain`: how to adopt it again. */
  retained: 'platen.dev/retained',
} as const

export const FINALIZER = 'platen.dev/stack'

/** The parts of a tenant's stack, as in `app.kubernetes.io/component`. */
export const COMPONENTS = [
  'ingest',
  'api',
  'database',
  'migration',
  'retention',
  'backup',
  'ledger',
] as const
export type Component = (typeof COMPONENTS)[number]

/** A tenant's PostgreSQL: its database, and the role that owns it and makes the others. */
export const DATABASE = { name: 'platen', owner: 'platen', port: 5432 } as const

/** Keys of the Secret that a Region's `backup.credentialsSecretRef` names, and of its copies: as AWS's own tools call them. */
export const BACKUP_KEYS = {
  id: 'AWS_ACCESS_KEY_ID',
  secret: 'AWS_SECRET_ACCESS_KEY',
  /** Of the copies alone: the Region's `backup.location`. */
  region: 'AWS_REGION',
  /** May be absent. */
  authority: 'ca.crt',
} as const

export function tenantNamespace(tenant: string): string {
  return `tenant-${tenant}`
}

/** Whose namespace it is; undefined: no tenant's. */
export function tenantIn(namespace: string | undefined): string | undefined {
  return /^tenant-(.+)$/.exec(namespace ?? '')?.[1]
}

/** Holds the region's edge and its authority, in the region's own cluster. */
export function regionNamespace(region: string): string {
  return `platen-region-${region}`
}

/** The one host name of a tenant: its XMPP domain on 5222, its API on 443. */
export function tenantHost(tenant: string, domain: string): string {
  return `${tenant}.${domain}`
}
