import type { Tenant } from '../resources/tenant.ts'

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
