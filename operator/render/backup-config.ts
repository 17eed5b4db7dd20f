import type { V1Volume } from '@kubernetes/client-node'
import type { KubernetesObject } from '../cluster/object.ts'
import { BACKUP_SECRET, type Backup, backupFolder, backupOf } from './backup-folder.ts'
import { isCloudNativePg } from './database-address.ts'
import type { TenantInput } from './input.ts'
import { PARTS } from './labels.ts'
import { owned } from './owned.ts'
import { restoreId, wasRestored } from './restore.ts'

/** Where `services/database/image/store.sh` looks. */
export const BACKUP_CONFIG_FOLDER = '/etc/platen/backup'

/**
 * pgBackRest's configuration, and whose the backups are. It comes and goes with the permission to use the bucket, and pods
 * follow within a minute or two without a restart. Credentials stand in no ConfigMap.
 */
export function backupConfigMap(input: TenantInput): KubernetesObject[] {
  const backup = backupOf(input)
  if (!backup || isCloudNativePg(input)) return []
  const { metadata, spec } = input.tenant
  const owner = {
    tenant: metadata.uid ?? metadata.name,
    country: spec.country,
    region: input.region.metadata.name,
  }
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'backup', part: PARTS.backup }
  return [
    owned(input, ref, {
      data: {
        'owner.json': `${JSON.stringify(owner)}\n`,
        'pgbackrest.conf': pgBackRest(input, backup),
        ...carriedOut(input),
      },
    }),
  ]
}

/** On a volume that was made anew since, it is not what anybody means any more. */
function carriedOut({ tenant }: TenantInput): Record<string, string> {
  const id = restoreId(tenant)
  return id !== undefined && wasRestored(tenant.status ?? {}, id) ? { restored: id } : {}
}

/** Projected, so that it changes in running pods and restarts none. */
export const backupConfigVolume: V1Volume = {
  name: 'backup',
  projected: {
    defaultMode: 0o440,
    sources: [
      { configMap: { name: 'backup', optional: true } },
      { secret: { name: BACKUP_SECRET, optional: true } },
    ],
  },
}

/** https://pgbackrest.org/configuration.html */
function pgBackRest({ tenant }: TenantInput, backup: Backup): string {
  const { prefix, name } = backupFolder(tenant)
  const { hostname, port } = new URL(backup.endpoint)
  return `[global]
repo1-type=s3
repo1-path=/${prefix}/${name}
repo1-s3-endpoint=${hostname}
repo1-storage-port=${port || '443'}
repo1-s3-bucket=${backup.bucket}
repo1-s3-region=${backup.location}
repo1-s3-uri-style=path
repo1-bundle=y
repo1-block=y
repo1-retention-full-type=time
repo1-retention-full=${backup.retentionDays}
compress-type=zst
start-fast=y
log-level-console=info
log-level-file=off
lock-path=/tmp/pgbackrest

[db]
pg1-path=/var/lib/postgresql/data
pg1-socket-path=/var/run/postgresql
pg1-user=postgres
`
}
