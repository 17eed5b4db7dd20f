import type { ObjectRef } from '../cluster/object.ts'
import type { Tenant } from '../resources/tenant.ts'
import type { TenantInput } from './input.ts'

export type Backup = NonNullable<TenantInput['region']['spec']['backup']>

/** The copy of the Region's credentials in the tenant's namespace. */
export const BACKUP_SECRET = 'backup-credentials'

/**
 * Where in the bucket a tenant's backups are. A Tenant that is made again under the same name, after its data was
 * deleted, must not write among the backups of the one before: PostgreSQL's archives would be mixed up.
 */
export function backupFolder({ metadata }: Tenant): { prefix: string; name: string } {
  const made = metadata.uid?.slice(0, 8)
  return { prefix: metadata.name, name: made === undefined ? 'database' : `database-${made}` }
}

/**
 * Whether the built-in database is made to be backed up. It says nothing of whether it may be now: pods do not change with
 * that.
 */
export function isArchived({ region }: TenantInput): boolean {
  return region.spec.backup !== undefined && region.spec.database.kind === 'statefulset'
}

/** Where the backups go; undefined: nowhere. */
export function backupOf({ region, mayBackUp }: TenantInput): Backup | undefined {
  return mayBackUp ? region.spec.backup : undefined
}

/** Whether an object of a tenant's is there for backups only: a way to the store, or what starts them. */
export function isForBackups({ apiVersion, kind, name }: ObjectRef): boolean {
  return OBJECTS.some(
    object =>
      object.apiVersion === apiVersion &&
      object.kind === kind &&
      (object.name === undefined || object.name === name),
  )
}

const OBJECTS: readonly { apiVersion: string; kind: string; name?: string }[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'backup' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: 'database-backup' },
  { apiVersion: 'batch/v1', kind: 'CronJob', name: 'backup' },
  // Each Cluster of CloudNativePG's has one of its own.
  { apiVersion: 'postgresql.cnpg.io/v1', kind: 'ScheduledBackup' },
]
