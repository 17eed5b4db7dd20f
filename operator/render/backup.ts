import type { KubernetesObject } from '../cluster/object.ts'
import { BACKUP_KEYS, DATABASE } from '../names.ts'
import { BACKUP_SECRET, type Backup, backupFolder, backupOf } from './backup-folder.ts'
import { databaseHost, isCloudNativePg } from './database-address.ts'
import { cloudNativePgBackup } from './database-cnpg.ts'
import { fromSecret, value } from './environment.ts'
import type { TenantInput } from './input.ts'
import { cronJob, jobSpec, type Work } from './job.ts'
import { PARTS } from './labels.ts'
import { owned } from './owned.ts'
import { image } from './pods.ts'

/** CloudNativePG has a schedule of its own. */
export function backupCronJobs(input: TenantInput): KubernetesObject[] {
  const backup = backupOf(input)
  if (!backup || isCloudNativePg(input)) return []
  return [cronJob(input, backup.schedule, work(input, backup))]
}

/**
 * One more backup, before the data goes. None without a Region's backup, or where it must not be used: then there is
 * nowhere to put it, and who deletes has to know.
 */
export function finalBackup(input: TenantInput): KubernetesObject[] {
  const backup = backupOf(input)
  if (!backup) return []
  const name = `final-${backupFolder(input.tenant).name}`
  if (isCloudNativePg(input)) return [cloudNativePgBackup(input, name)]
  const ref = { apiVersion: 'batch/v1', kind: 'Job', name, part: PARTS.backup }
  return [owned(input, ref, { spec: jobSpec(input, { ...work(input, backup), isAwaited: true }) })]
}

/**
 * `backup` of the image `platen-database`: a base backup to PLATEN_BACKUP_PREFIX/PLATEN_BACKUP_NAME in the bucket, and
 * those that are older than the retention go. The PG* variables are libpq's.
 */
function work(input: TenantInput, backup: Backup): Work {
  const { prefix, name } = backupFolder(input.tenant)
  return {
    part: PARTS.backup,
    container: {
      image: image(input, 'database'),
      args: ['backup'],
      env: [
        value('PGHOST', databaseHost(input)),
        value('PGPORT', String(DATABASE.port)),
        value('PGDATABASE', DATABASE.name),
        fromSecret('PGUSER', 'database-owner', 'username'),
        fromSecret('PGPASSWORD', 'database-owner', 'password'),
        value('PLATEN_BACKUP_ENDPOINT', backup.endpoint),
        value('PLATEN_BACKUP_BUCKET', backup.bucket),
        value('PLATEN_BACKUP_LOCATION', backup.location),
        value('PLATEN_BACKUP_PREFIX', prefix),
        value('PLATEN_BACKUP_NAME', name),
        value('PLATEN_BACKUP_RETENTION_DAYS', String(backup.retentionDays)),
        fromSecret(BACKUP_KEYS.id, BACKUP_SECRET, BACKUP_KEYS.id),
        fromSecret(BACKUP_KEYS.secret, BACKUP_SECRET, BACKUP_KEYS.secret),
      ],
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    },
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '1Gi' } }],
    deadline: 6 * 3600,
  }
}
