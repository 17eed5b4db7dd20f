import type { KubernetesObject } from '../cluster/object.ts'
import { ANNOTATIONS, DATABASE } from '../names.ts'
import { backupFolder, backupOf } from './backup-folder.ts'
import { databaseHost, isCloudNativePg } from './database-address.ts'
import { cloudNativePgBackup } from './database-cnpg.ts'
import { fromSecret, value } from './environment.ts'
import { shortHash } from './hash.ts'
import type { TenantInput } from './input.ts'
import { cronJob, jobSpec, type Work } from './job.ts'
import { PARTS } from './labels.ts'
import { owned } from './owned.ts'
import { image } from './pods.ts'

/** CloudNativePG has a schedule of its own. */
export function backupCronJobs(input: TenantInput): KubernetesObject[] {
  const backup = backupOf(input)
  if (!backup || isCloudNativePg(input)) return []
  return [cronJob(input, backup.schedule, work(input))]
}

/** What the annotation `platen.dev/backup` asks for, until it was done. */
export function askedBackup(input: TenantInput): KubernetesObject[] {
  const asked = input.tenant.metadata.annotations?.[ANNOTATIONS.backup]
  if (!asked || asked === input.tenant.status?.backup?.handled || !backupOf(input)) return []
  if (isCloudNativePg(input)) {
    // One cannot be changed: of another Cluster, which a restore has made, it is another one.
    const name = `asked-${shortHash([asked, databaseHost(input)])}`
    return input.restoring ? [] : [cloudNativePgBackup(input, name)]
  }
  const spec = jobSpec(input, { ...work(input), isAwaited: true })
  // One that runs cannot be changed: what differs is another one.
  const name = `asked-${shortHash([asked, spec.template])}`
  const ref = { apiVersion: 'batch/v1', kind: 'Job', name, part: PARTS.backup }
  return [owned(input, ref, { spec: { ...spec, suspend: input.tenant.spec.suspend } })]
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
  return [owned(input, ref, { spec: jobSpec(input, { ...work(input), isAwaited: true }) })]
}

/**
 * `backup` of the image `platen-database`: asks the container beside the database for a backup, waits, and ends as that does.
 * Only that one has the files. The PG* variables are libpq's.
 */
function work(input: TenantInput): Work {
  return {
    part: PARTS.backup,
    container: {
      image: image(input, 'database'),
      args: ['backup'],
      env: [
        value('PGHOST', databaseHost(input)),
        value('PGPORT', String(DATABASE.port)),
        fromSecret('PGUSER', 'database-owner', 'username'),
        fromSecret('PGPASSWORD', 'database-owner', 'password'),
      ],
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    },
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '16Mi' } }],
    deadline: 6 * 3600,
  }
}
