import { refOf } from '../../cluster/object.ts'
import { ANNOTATIONS, LABELS } from '../../names.ts'
import type { TenantStatus } from '../../resources/tenant.ts'
import { newestOf } from '../apply.ts'
import type { StackScope } from './scope.ts'

type BackupStatus = NonNullable<TenantStatus['backup']>

/** What the pods that asked for backups told, as long as they are there; and whether what the annotation asks for is done. */
export function noteBackups(s: StackScope): void {
  const { status } = s
  for (const told of toldBackups(s)) {
    if (told.at > (status.backup?.at ?? '')) status.backup = { ...status.backup, ...told }
  }
  const handled = handledBackup(s)
  if (handled !== undefined) status.backup = { ...status.backup, handled }
}

/** In the words of `services/database/image/keep-backups.sh`. */
const TOLD = /^backed up (\S+), \d+ bytes, ended (\S+), archived to (\S+)$/

function toldBackups({ target, tenant }: StackScope): Required<Omit<BackupStatus, 'handled'>>[] {
  return target.cache.ofTenant(tenant.metadata.name).flatMap(({ facts, labels }) => {
    if (facts.kind !== 'pod' || labels[LABELS.name] !== 'backup') return []
    const [, label, at, archivedTo] = TOLD.exec(facts.told ?? '') ?? []
    return label && at && archivedTo ? [{ label, at, archivedTo }] : []
  })
}

function handledBackup({ stack, target, tenant }: StackScope): string | undefined {
  const job = stack.periodic.find(({ metadata }) => metadata.name.startsWith('asked-'))
  const facts = job && newestOf(target, refOf(job))?.facts
  const isDone = facts?.kind === 'job' && facts.state === 'succeeded'
  return isDone ? tenant.metadata.annotations?.[ANNOTATIONS.backup] : undefined
}
