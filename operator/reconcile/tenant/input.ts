import { BACKUP_KEYS } from '../../names.ts'
import { BACKUP_SECRET } from '../../render/backup-folder.ts'
import { CLAIM } from '../../render/database-statefulset.ts'
import type { TenantInput } from '../../render/input.ts'
import { mayBackUp } from '../../residency/backup-location.ts'
import { newestOf } from '../apply.ts'
import type { StackScope } from './scope.ts'

/** What the render needs, as far as the phases have got. */
export function inputOf(s: StackScope): TenantInput {
  const { ledgerKeys: keys, certificates } = s.context.authority
  return {
    region: s.region,
    tenant: s.tenant,
    version: s.version,
    secrets: s.secrets,
    accepting: s.accepting,
    restoring: s.restoring !== undefined,
    databases: s.databases,
    ...(s.recovery && { recovery: s.recovery }),
    mayBackUp: mayBackUp(s.region.spec.backup, s.context.bucket),
    hasBackupAuthority: hasAuthority(s),
    ledger: s.ledger,
    ledgerKeys: Object.fromEntries(keys.map(({ id, publicKey }) => [id, publicKey])),
    addresses: s.context.addresses,
    ...(certificates && { certificateAuthority: certificates.bundle }),
    volumes: volumesOf(s),
    ...claimOf(s),
  }
}

function hasAuthority({ context: { copies } }: StackScope): boolean {
  const credentials = copies.find(({ name }) => name === BACKUP_SECRET)
  return Boolean(credentials?.data[BACKUP_KEYS.authority])
}

function claimOf(s: StackScope): Pick<TenantInput, 'claim'> {
  const { namespace, target } = s
  const ref = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: CLAIM }
  const claim = newestOf(target, ref)
  return claim ? { claim: claim.uid } : {}
}

/** What the claims ask for: a database that was large does not get a smaller volume. */
function volumesOf({ target, tenant }: StackScope): string[] {
  const claims = target.cache.ofTenant(tenant.metadata.name)
  return claims.flatMap(({ facts }) => (facts.kind === 'claim' ? (facts.requested ?? []) : []))
}
