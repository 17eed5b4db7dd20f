import { BACKUP_KEYS } from '../../names.ts'
import {
  askLocation,
  type Bucket,
  bucketName,
  mayBackUp,
  type StoreAccess,
} from '../../residency/backup-location.ts'
import { BACKUP_CREDENTIALS, type Copy } from '../../secrets/copies.ts'
import { done, type Outcome, waitFor } from '../outcome.ts'
import { lookAgain } from '../outcomes.ts'
import type { RegionContext } from './runtime.ts'
import type { PlacedScope } from './scope.ts'
import { endUnattendedBackups } from './unattended.ts'

const CONDITION = 'BackupLocationVerified'
/** A bucket does not move by itself, but what its endpoint leads to may be exchanged. */
const AGAIN_MS = 15_000
/** So long a good answer is believed while the store is away. */
const BELIEVED_MS = 3_600_000

/** Asks the object store where the bucket is, again and again, and ends what nobody else would end when it is elsewhere. */
export async function backup(s: PlacedScope): Promise<Outcome> {
  const { backup: wanted } = s.region.spec
  // In memory there may be a newer answer, which a tenant asked for.
  if (!s.next.bucket && s.status.backup) s.next.bucket = s.status.backup
  const before = s.status.backup ?? s.next.bucket
  const outcome = await ask(s)
  // They send to the bucket that the Region named when somebody looked after them last.
  const areInPlace = mayBackUp(wanted, before) && mayBackUp(wanted, s.next.bucket)
  if (!areInPlace) await endUnattendedBackups(s, s.target)
  // Afterwards: what could not be ended is ended next time.
  if (s.next.bucket) s.status.backup = s.next.bucket
  else delete s.status.backup
  return outcome
}

async function ask(s: PlacedScope): Promise<Outcome> {
  const { backup: wanted } = s.region.spec
  if (!wanted) return notConfigured(s)
  const copy = credentialsAmong(s.next.copies)
  if (!copy) return noCredentials(s, wanted.credentialsSecretRef.name)
  if (!isFresh(s, wanted)) await askStore(s.next, wanted, s)
  return judge(s, wanted)
}

export type Asked = Partial<Pick<RegionContext, 'backup' | 'bucket' | 'copies'>>

/** Asks now, and keeps the answer. A store that does not answer takes nothing back of what it said before. */
export async function askStore(
  context: Asked,
  wanted: Bucket,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<void> {
  const copy = credentialsAmong(context.copies)
  if (!copy) return
  const answer = await askLocation(wanted, { ...accessIn(copy), now, signal })
  if (answer.kind === 'unknown' && isBelieved(context.backup, wanted, now)) return
  context.backup = answer
  if (answer.kind !== 'seen') return
  context.bucket = { bucket: answer.bucket, location: answer.location }
}

/** A store that hiccups is no reason to doubt what it said of this very bucket a while ago. */
function isBelieved(answer: Asked['backup'], wanted: Bucket, now: Date): boolean {
  if (answer?.kind !== 'seen' || answer.bucket !== bucketName(wanted)) return false
  return answer.location === wanted.location && now.getTime() - answer.at.getTime() < BELIEVED_MS
}

function credentialsAmong(copies: readonly Copy[] = []): Copy | undefined {
  return copies.find(({ name }) => name === BACKUP_CREDENTIALS)
}

function notConfigured({ next, conditions }: PlacedScope): Outcome {
  delete next.backup
  delete next.bucket
  conditions.set(CONDITION, 'True', { reason: 'NotConfigured', message: 'nothing is backed up' })
  return done
}

function noCredentials({ namespace }: PlacedScope, name: string): Outcome {
  return waitFor(
    CONDITION,
    'SecretMissing',
    `cannot ask where the backups are: Secret ${namespace}/${name} does not exist; create it in the region's cluster with the keys ${BACKUP_KEYS.id} and ${BACKUP_KEYS.secret}`,
    AGAIN_MS,
  )
}

function isFresh({ next, now, conditions }: PlacedScope, wanted: Bucket): boolean {
  const { backup } = next
  if (backup?.kind !== 'seen' || !conditions.is(CONDITION, 'True')) return false
  if (backup.bucket !== bucketName(wanted)) return false
  return now.getTime() - backup.at.getTime() < AGAIN_MS
}

function judge(s: PlacedScope, wanted: { bucket: string; location: string }): Outcome {
  const { backup: answer } = s.next
  if (answer?.kind !== 'seen') {
    return waitFor(CONDITION, 'NotObserved', answer?.message ?? 'not asked yet', AGAIN_MS)
  }
  const { bucket, location } = wanted
  if (answer.location !== location) {
    return waitFor(
      CONDITION,
      'Violated',
      `the object store says that the bucket ${bucket} is in ${answer.location}, not in ${location}; name a bucket inside the region`,
      AGAIN_MS,
    )
  }
  lookAgain(s, new Date(s.now.getTime() + AGAIN_MS))
  s.conditions.set(CONDITION, 'True', { reason: 'Verified' })
  return done
}

function accessIn({ data }: Copy): Pick<StoreAccess, 'credentials' | 'certificateAuthority'> {
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString()
  const certificateAuthority = text(BACKUP_KEYS.authority)
  return {
    credentials: { accessKeyId: text(BACKUP_KEYS.id), secretAccessKey: text(BACKUP_KEYS.secret) },
    ...(certificateAuthority && { certificateAuthority }),
  }
}
