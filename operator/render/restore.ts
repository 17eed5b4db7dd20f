import type { V1EnvVar } from '@kubernetes/client-node'
import type { Region } from '../resources/region.ts'
import type { Tenant, TenantStatus } from '../resources/tenant.ts'
import { backupFolder, isArchived } from './backup-folder.ts'
import { value } from './environment.ts'
import { shortHash } from './hash.ts'
import type { TenantInput } from './input.ts'

/** Stands for what `spec.restore` asks for: each is carried out once. */
export function restoreId({ spec }: Tenant): string | undefined {
  return spec.restore && shortHash(spec.restore)
}

/** Whether the restore of this id was carried out, as the Tenant's status tells. */
export function wasRestored({ restore }: TenantStatus, id: string): boolean {
  return restore?.state === 'Restored' && restore.id === id
}

/** What the container `restore` is to do before PostgreSQL starts; undefined: nothing. */
export function restoreVariables(input: TenantInput): V1EnvVar[] | undefined {
  const { restore } = input.tenant.spec
  const id = restoreId(input.tenant)
  if (!restore || id === undefined || !isArchived(input)) return undefined
  if (lackedBackup(input, id)) return undefined
  return [
    value('PLATEN_RESTORE_ID', id),
    value('PLATEN_RESTORE_TO', restore.to),
    value('PLATEN_RESTORE_FROM', sourceOf(input.tenant)),
  ]
}

/** Nothing on the volume remembers it: when the Region has a backup again nobody expects that restore any more. */
function lackedBackup({ region, tenant }: TenantInput, id: string): boolean {
  const { restore: known } = tenant.status ?? {}
  return known?.id === id && known.state === 'Refused' && known.message === noBackup(region)
}

/** Why a restore is refused before any container is asked. */
export function noBackup({ metadata: { name } }: Region): string {
  return `cannot restore: Region ${name} has no backup; set its spec.backup, and then another second in spec.restore.to`
}

/** A folder in the bucket, or the one above it where nobody said which. */
function sourceOf(tenant: Tenant): string {
  const from = tenant.spec.restore?.from
  if (!from) return folderOf(tenant)
  if (from.uid === undefined) return `/${from.tenant}`
  return folderOf({ ...tenant, metadata: { name: from.tenant, uid: from.uid } })
}

function folderOf(tenant: Tenant): string {
  const { prefix, name } = backupFolder(tenant)
  return `/${prefix}/${name}`
}
