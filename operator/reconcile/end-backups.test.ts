import { expect, it } from 'vitest'
import { type Cluster, FIELD_MANAGER } from '../cluster/cluster.ts'
import { type KubernetesObject, nameOf, type ObjectRef } from '../cluster/object.ts'
import { observe } from '../cluster/project.ts'
import { LABELS, MANAGED_BY } from '../names.ts'
import { endBackups } from './end-backups.ts'
import type { Reporter } from './report.ts'

const OURS = { [LABELS.managedBy]: MANAGED_BY }

function object(apiVersion: string, kind: string, name: string, labels: object = OURS) {
  return observe(stored(apiVersion, kind, name, labels))
}

function stored(apiVersion: string, kind: string, name: string, labels: object = OURS) {
  const metadata = { name, namespace: 'tenant-acme', uid: name, resourceVersion: '1', labels }
  return { apiVersion, kind, metadata } as KubernetesObject
}

const signal = AbortSignal.timeout(5_000)
const report = { log: { info: () => {} } } as unknown as Reporter

it('what sends to the bucket ends: ours, of every database, and nothing else', async () => {
  const deleted: string[] = []
  const cluster = {
    delete: async (ref: ObjectRef) => deleted.push(nameOf(ref)) > 0,
  } as unknown as Cluster
  const leaving = { ...object('batch/v1', 'CronJob', 'backup'), deleting: true }
  await endBackups({ target: { cluster }, signal, report }, [
    object('v1', 'ConfigMap', 'backup'),
    object('v1', 'ConfigMap', 'backup', {}),
    object('v1', 'ConfigMap', 'tenant'),
    object('networking.k8s.io/v1', 'NetworkPolicy', 'database-backup'),
    object('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny'),
    leaving,
    object('postgresql.cnpg.io/v1', 'ScheduledBackup', 'database-0123456789'),
    object('batch/v1', 'Job', 'asked-1', { ...OURS, [LABELS.name]: 'backup' }),
    object('batch/v1', 'Job', 'prepare-1', { ...OURS, [LABELS.name]: 'prepare' }),
  ])
  expect(deleted).toEqual([
    'ConfigMap tenant-acme/backup',
    'NetworkPolicy tenant-acme/database-backup',
    'ScheduledBackup tenant-acme/database-0123456789',
    'Job tenant-acme/asked-1',
  ])
})

it("CloudNativePG's Clusters go on without their archive; those of others are left as they are", async () => {
  const api = 'postgresql.cnpg.io/v1'
  const fieldsV1 = { 'f:spec': { 'f:instances': {}, 'f:backup': {} } }
  const managedFields = [{ manager: FIELD_MANAGER, operation: 'Apply' as const, fieldsV1 }]
  const archiving = stored(api, 'Cluster', 'database')
  archiving.metadata.managedFields = managedFields
  archiving.spec = { instances: 1, backup: { retentionPolicy: '30d' } }
  const applied: KubernetesObject[] = []
  const cluster = {
    get: async () => archiving,
    apply: async (one: KubernetesObject) => applied.push(one),
  } as unknown as Cluster
  await endBackups({ target: { cluster }, signal, report }, [
    observe(archiving),
    object(api, 'Cluster', 'without-a-store'),
    object(api, 'Cluster', 'of-somebody', {}),
    object('cluster.x-k8s.io/v1', 'Cluster', 'of-machines'),
  ])
  expect(applied).toMatchObject([{ metadata: { name: 'database' }, spec: { instances: 1 } }])
  expect(applied[0]?.spec).not.toHaveProperty('backup')
})
