import { BACKUP_KEYS } from '../../names.ts'
import { askLocation, type Bucket, bucketName } from '../../residency/backup-location.ts'
import { BACKUP_CREDENTIALS, type Copy } from '../../secrets/copies.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import { lookAgain } from '../outcomes.ts'
import type { PlacedScope } from './scope.ts'

const CONDITION = 'BackupLocationVerified'
const HOUR = 3_600_000
/** While the store does not answer, or gave a wrong answer. */
const SOON_MS = 60_000

/** Asks the object store where the bucket is, once an hour: a bucket does not move by itself. */
export async function backup(s: PlacedScope): Promise<Outcome> {
  const { backup: wanted } = s.region.spec
  if (!wanted) {
    delete s.next.backup
    s.conditions.set(CONDITION, 'True', {
      reason: 'NotConfigured',
      message: 'nothing is backed up',
    })
    return done
  }
  const copy = s.next.copies?.find(({ name }) => name === BACKUP_CREDENTIALS)
  if (!copy) {
    const { name } = wanted.credentialsSecretRef
    return refused(
      CONDITION,
      'SecretMissing',
      `cannot ask where the backups are: Secret ${s.namespace}/${name} does not exist; create it in the region's cluster with the keys ${BACKUP_KEYS.id} and ${BACKUP_KEYS.secret}`,
    )
  }
  if (!isFresh(s, wanted)) {
    const { now, signal } = s
    s.next.backup = await askLocation(wanted, { credentials: credentialsIn(copy), now, signal })
  }
  return judge(s, wanted)
}

function isFresh({ next, now, conditions }: PlacedScope, wanted: Bucket): boolean {
  const { backup } = next
  if (backup?.kind !== 'seen' || !conditions.is(CONDITION, 'True')) return false
  if (backup.bucket !== bucketName(wanted)) return false
  return now.getTime() - backup.at.getTime() < HOUR
}

function judge(s: PlacedScope, wanted: { bucket: string; location: string }): Outcome {
  const { backup: answer } = s.next
  if (answer?.kind !== 'seen') {
    return waitFor(CONDITION, 'NotObserved', answer?.message ?? 'not asked yet', SOON_MS)
  }
  const { bucket, location } = wanted
  if (answer.location !== location) {
    return waitFor(
      CONDITION,
      'Violated',
      `the object store says that the bucket ${bucket} is in ${answer.location}, not in ${location}; name a bucket inside the region`,
      SOON_MS,
    )
  }
  lookAgain(s, new Date(answer.at.getTime() + HOUR))
  s.conditions.set(CONDITION, 'True', { reason: 'Verified' })
  return done
}

function credentialsIn({ data }: Copy) {
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString()
  return { accessKeyId: text(BACKUP_KEYS.id), secretAccessKey: text(BACKUP_KEYS.secret) }
}
