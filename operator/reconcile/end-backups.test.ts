import { expect, it } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import { nameOf, type ObjectRef } from '../cluster/object.ts'
import { observe } from '../cluster/project.ts'
import { LABELS, MANAGED_BY } from '../names.ts'
import { endBackups } from './end-backups.ts'
import type { Reporter } from './report.ts'

const OURS = { [LABELS.managedBy]: MANAGED_BY }

function object(apiVersion: string, kind: string, name: string, labels: object = OURS) {
  const metadata = { name, namespace: 'tenant-acme', uid: name, resourceVersion: '1', labels }
  return observe({ apiVersion, kind, metadata } as never)
}

it('what sends to the bucket ends: ours, of every database, and nothing else', async () => {
  const deleted: string[] = []
  const cluster = {
    delete: async (ref: ObjectRef) => void deleted.push(nameOf(ref)),
  } as unknown as Cluster
  const report = { log: { info: () => {} } } as unknown as Reporter
  const leaving = { ...object('batch/v1', 'CronJob', 'backup'), deleting: true }
  await endBackups({ target: { cluster }, signal: AbortSignal.timeout(5_000), report }, [
    object('v1', 'ConfigMap', 'backup'),
    object('v1', 'ConfigMap', 'backup', {}),
    object('v1', 'ConfigMap', 'tenant'),
    object('networking.k8s.io/v1', 'NetworkPolicy', 'database-backup'),
    object('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny'),
    leaving,
    object('postgresql.cnpg.io/v1', 'ScheduledBackup', 'database-0123456789'),
  ])
  expect(deleted).toEqual([
    'ConfigMap tenant-acme/backup',
    'NetworkPolicy tenant-acme/database-backup',
    'ScheduledBackup tenant-acme/database-0123456789',
  ])
})
