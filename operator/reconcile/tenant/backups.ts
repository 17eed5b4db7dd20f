import { refOf } from '../../cluster/object.ts'
import { ANNOTATIONS, LABELS } from '../../names.ts'
import type { TenantStatus } from '../../resources/tenant.ts'
import { newestOf } from '../apply.ts'
import type { StackScope } from './scope.ts'

type BackupStatus = NonNullable<TenantStatus['backup']>

/** What was told of backups, as long as who told it is there; and whether what the annotation asks for is done. */
export function noteBackups(s: StackScope): void {
  const { status } = s
  for (const told of [...toldByPods(s), ...toldByCluster(s)]) {
    if (told.at > (status.backup?.at ?? '')) {
      status.backup = { ...told, ...(status.backup?.handled && { handled: status.backup.handled }) }
    }
  }
  const handled = handledBackup(s)
  if (handled !== undefined) status.backup = { ...status.backup, handled }
}

/** In the words of `services/database/image/keep-backups.sh`. */
const TOLD = /^backed up (\S+), \d+ bytes, ended (\S+), archived to (\S+)$/

type Told = Omit<BackupStatus, 'handled'> & { at: string }

function toldByPods({ target, tenant }: StackScope): Told[] {
  return target.cache.ofTenant(tenant.metadata.name).flatMap(({ facts, labels }) => {
    if (facts.kind !== 'pod' || labels[LABELS.name] !== 'backup') return []
    const [, label, at, archivedTo] = TOLD.exec(facts.told ?? '') ?? []
    return label && at && archivedTo ? [{ label, at, archivedTo }] : []
  })
}

/** CloudNativePG counts backups of its schedule, too, which nobody else hears of. */
function toldByCluster({ stack, target }: StackScope): Told[] {
  return stack.database.flatMap(object => {
    const facts = newestOf(target, refOf(object))?.facts
    const at = facts?.kind === 'workload' ? facts.backedUpAt : undefined
    return at === undefined ? [] : [{ at }]
  })
}

function handledBackup({ stack, target, tenant }: StackScope): string | undefined {
  const asked = stack.periodic.find(({ metadata }) => metadata.name.startsWith('asked-'))
  const facts = asked && newestOf(target, refOf(asked))?.facts
  const isDone = facts?.kind === 'job' && facts.state === 'succeeded'
  return isDone ? tenant.metadata.annotations?.[ANNOTATIONS.backup] : undefined
}
