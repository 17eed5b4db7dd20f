import type { V1EnvVar } from '@kubernetes/client-node'
import type { Tenant } from '../resources/tenant.ts'
import { backupFolder, isArchived } from './backup-folder.ts'
import { value } from './environment.ts'
import { shortHash } from './hash.ts'
import type { TenantInput } from './input.ts'

/** Stands for what `spec.restore` asks for: each is carried out once. */
export function restoreId({ spec }: Tenant): string | undefined {
  return spec.restore && shortHash(spec.restore)
}

/** What the container `restore` is to do before PostgreSQL starts; undefined: nothing. */
export function restoreVariables(input: TenantInput): V1EnvVar[] | undefined {
  const { restore } = input.tenant.spec
  const id = restoreId(input.tenant)
  if (!restore || id === undefined || !isArchived(input)) return undefined
  return [
    value('PLATEN_RESTORE_ID', id),
    value('PLATEN_RESTORE_TO', restore.to),
    value('PLATEN_RESTORE_FROM', sourceOf(input.tenant)),
  ]
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
